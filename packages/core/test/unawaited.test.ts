import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { secretNamed } from './store-support.ts'

/** Sessions whose store fails while `down` is set, and a session with `n: 1` that another request may have changed. */
const PRELUDE = `
  import { createCookie, createSessions, memoryStore } from '@keepsake/core'
  const memory = memoryStore()
  let isDown = false
  const store = { ...memory }
  for (const method of ['read', 'create', 'replace', 'delete'])
    store[method] = async (...args) => {
      if (isDown) throw new Error('ECONNREFUSED')
      return memory[method](...args)
    }
  const sessionsOf = (options) => createSessions({ secrets: ['${secretNamed('newest')}'], store, ...options })
  const cookieOf = (headers) => headers.find(([name]) => name === 'Set-Cookie')[1].split(';')[0]
  async function begin(sessions, data) {
    const visit = await sessions.open(undefined)
    Object.assign(visit.session, data)
    return cookieOf(await visit.close())
  }
  const fail = (error) => console.log(error.name + ': ' + error.message)
  const turns = async () => { for (let i = 0; i < 20; i++) await new Promise(setImmediate) }
`

/** The output of a separate process for each script; an unhandled rejection ends the process, as by Node's default. */
async function run(...scripts: readonly string[]): Promise<string[]> {
  const args = [
    '--conditions=@keepsake/source',
    '--unhandled-rejections=throw',
    '--input-type=module',
    '--eval',
  ]
  const parts = scripts.map(
    (script) => `isDown = false\n{${script}}\nconsole.log('alive')\nconsole.log('---')`,
  )
  const out = await promisify(execFile)(process.execPath, [...args, [PRELUDE, ...parts].join('\n')]).then(
    ({ stdout }) => stdout,
    (error: { stdout: string; stderr: string }) =>
      `${error.stdout}ended: ${/\w*Error: .*/.exec(error.stderr)?.[0]}\n`,
  )
  return out.split('---\n').slice(0, scripts.length)
}

const DOWN = 'StoreError: the session\u2019s store failed'.replace('\u2019', "'")

const [late, missing] = ['a text', 'undefined'].map(
  (time) => `TypeError: now: expected epoch milliseconds, got ${time}`,
)
const promise = 'TypeError: now: expected epoch milliseconds, got a promise'
const message = 'TypeError: cookies: expected a Cookie header, not a promise\n'
const value = 'CookieValueError: the cookie prefs: contains a promise; await it first\n'

/** Scripts, and what they print. One process runs all of them, because none of them may end it. */
const HARMLESS: readonly (readonly [name: string, script: string, prints: string])[] = [
  [
    'of save does not end the process when the store is down, and the response reports it',
    `
      const sessions = sessionsOf()
      const visit = await sessions.open(await begin(sessions, { n: 1 }))
      isDown = true
      visit.session.n = 2
      visit.session.save()
      await turns()
      await visit.close().catch(fail)`,
    `${DOWN}\nalive\n`,
  ],
  [
    'of save rejects if it is awaited, and calls back with the error',
    `
      const sessions = sessionsOf()
      const visit = await sessions.open(await begin(sessions, { n: 1 }))
      isDown = true
      visit.session.n = 2
      await visit.session.save().catch(fail)
      visit.session.save(fail)
      await turns()`,
    `${DOWN}\n${DOWN}\nalive\n`,
  ],
  [
    'of save does not end the process if data cannot be saved, and the response reports it',
    `
      const visit = await sessionsOf().open(undefined)
      visit.session.user = Promise.resolve({ id: 7 })
      visit.session.save()
      await turns()
      await visit.close().catch(fail)`,
    'SessionDataError: session data: user is a promise; await it, and store the result\nalive\n',
  ],
  [
    'of save does not end the process after the headers were sent, and a warning reports it',
    `
      process.once('warning', ({ code }) => console.log(code))
      const visit = await sessionsOf().open(undefined)
      visit.session.n = 1
      await visit.close()
      visit.session.n = 2
      visit.session.save()
      await turns()`,
    'KEEPSAKE_LATE_CHANGE\nalive\n',
  ],
  [
    'of an async update throws, and its rejection does not end the process',
    `
      const { session } = await sessionsOf().open(undefined)
      try {
        session.update(async () => { throw new Error('dropped') })
      } catch (error) {
        fail(error)
      }
      await turns()`,
    'TypeError: session.update: the function must not be async\nalive\n',
  ],
  [
    'for the option extend throws',
    `
      await sessionsOf().open(undefined, { extend: Promise.reject(new Error('dropped')) }).catch(fail)
      await turns()`,
    'TypeError: extend: expected true or false, not a promise\nalive\n',
  ],
  [
    'for the time throws, in sessions and in a memory store',
    `
      const isAsync = async () => { throw new Error('dropped') }
      for (const now of [isAsync, () => 'late', () => undefined])
        await sessionsOf({ now }).open(undefined).then(({ session }) => session.id).catch(fail)
      const record = { text: 'text', expiresAt: Infinity }
      try { memoryStore({ now: isAsync }).create('key', record) } catch (error) { fail(error) }
      try { memoryStore({ now: Date.now() }) } catch (error) { console.log(error.name) }
      await turns()`,
    [promise, late, missing, promise, 'ConfigError', 'alive', ''].join('\n'),
  ],
  [
    'of a Cookie header, or of a JSON cookie’s value, throws',
    `
      const prefs = createCookie('prefs', { json: true })
      const header = Promise.resolve('a=b')
      for (const use of [() => sessionsOf().open(header), () => sessionsOf().peek(header), () => prefs.read(header), () => prefs.write(header)])
        await (async () => use())().then(() => console.log('taken')).catch(fail)`,
    `${message.repeat(3)}${value}alive\n`,
  ],
  [
    'of a cookie’s schema throws when writing and reading, and its rejection does not end the process',
    `
      for (const validate of [async (value) => ({ value }), async () => { throw new Error('dropped') }]) {
        const cookie = createCookie('prefs', { schema: { '~standard': { version: 1, vendor: 'test', validate } } })
        for (const use of [() => cookie.write({}), () => cookie.read('prefs=%7B%7D')])
          try { use(); console.log('none') } catch (error) { fail(error) }
      }
      await turns()`,
    `${'TypeError: cookie.schema: must validate synchronously, but returned a promise\n'.repeat(4)}alive\n`,
  ],
  ...["async () => 'x'", "async () => { throw new Error('dropped') }", '() => ({ then() {} })'].map(
    (rule) =>
      [
        `of onConflict throws with the option’s name, and writes nothing: ${rule}`,
        `
      const sessions = sessionsOf({ onConflict: ${rule} })
      const cookie = await begin(sessions, { n: 1 })
      const visit = await sessions.open(cookie)
      const other = await sessions.open(cookie)
      other.session.n = 2
      visit.session.n = 3
      await other.close()
      await visit.close().catch(fail)
      await turns()
      console.log((await sessions.open(cookie)).session.n)`,
        'TypeError: onConflict: expected the resulting value, not a promise\n2\nalive\n',
      ] as const,
  ),
]

describe('a promise that is not awaited', () => {
  let printed: readonly string[] = []
  beforeAll(async () => void (printed = await run(...HARMLESS.map(([, script]) => script))))

  it.each(HARMLESS.map(([name, , prints], index) => [name, index, prints] as const))(
    '%s',
    (_, index, prints) => expect(printed[index]).toBe(prints),
  )

  it.each(['reload()', "take('n')"])(
    'of %s ends the process like any unhandled rejection, because nothing else reports the failure',
    async (call) => {
      const [out] = await run(`
        const sessions = sessionsOf()
        const visit = await sessions.open(await begin(sessions, { n: 1 }))
        isDown = true
        visit.session.${call}
        await turns()`)
      expect(out).toBe(`ended: ${DOWN}\n`)
    },
  )
})
