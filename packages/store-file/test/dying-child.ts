/**
 * A process that a test suspends or kills. `lock`: it holds the lock of a digit until the test sends a message.
 * `write`: it writes a record to a disk that does not answer until the test sends a message.
 */
import { open } from 'node:fs/promises'
import { once } from 'node:events'
import { fileStore } from '../src/index.ts'
import { createLocks } from '../src/locks.ts'

const [kind, directory = '', key = ''] = process.argv.slice(2)
const told = once(process, 'message')

async function hangTheDisk(): Promise<void> {
  const handle = await open(import.meta.filename, 'r')
  await handle.close()
  const handles = Object.getPrototypeOf(handle) as { sync: () => Promise<void> }
  const { sync } = handles
  handles.sync = async function (this: unknown) {
    handles.sync = sync
    process.send?.('waits for the disk')
    await told
    return sync.call(this)
  }
}

if (kind === 'lock') {
  const locks = createLocks(directory)
  await locks.hold(key, async () => {
    process.send?.('holds the lock')
    await told
  })
  process.send?.('has given it back')
  await locks.close()
} else {
  const store = fileStore({ directory })
  await hangTheDisk()
  const record = { text: 'of the child', expiresAt: Date.now() + 3_600_000 }
  const answer = await Promise.resolve(store.create(key, record)).catch((error: Error) => error.message)
  process.send?.(answer)
  await store.close?.()
}
process.disconnect()
