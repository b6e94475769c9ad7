import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { secretNamed } from './store-support.ts'

const SOURCE = new URL('../src/index.ts', import.meta.url).href
const SECRETS = JSON.stringify([secretNamed('newest')])

/** The output of a process that ends when it has nothing left to do. */
async function saidBy(lines: string): Promise<string> {
  const program = `import { createSessions, memoryStore } from '${SOURCE}'\n${lines}`
  const args = [
    '--conditions=@keepsake/source',
    '--experimental-strip-types',
    '--input-type=module',
    '--eval',
    program,
  ]
  return (await promisify(execFile)(process.execPath, args)).stdout
}

describe('no process is kept alive', () => {
  it('by sessions that are not closed', async () => {
    const said = await saidBy(`
      const sessions = createSessions({ secrets: ${SECRETS}, store: memoryStore() })
      const visit = await sessions.open(undefined)
      visit.session.a = 1
      await visit.close()
      console.log('done')`)
    expect(said).toBe('done\n')
  })

  it('by the time limit of a store that has answered', async () => {
    const said = await saidBy(`
      const memory = memoryStore()
      const create = async (key, record) => memory.create(key, record)
      const store = { ...memory, create }
      const sessions = createSessions({ secrets: ${SECRETS}, store, storeTimeLimit: 2 ** 31 - 1 })
      const visit = await sessions.open(undefined)
      visit.session.a = 1
      await visit.close()
      console.log('done')`)
    expect(said).toBe('done\n')
  })

  it('by a watched session', async () => {
    const said = await saidBy(`
      const sessions = createSessions({ secrets: ${SECRETS}, store: memoryStore() })
      const visit = await sessions.open(undefined)
      visit.session.n = 1
      await visit.close()
      visit.session.watch()[Symbol.asyncIterator]().next()
      console.log('watching')`)
    expect(said).toBe('watching\n')
  })
})
