import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createFaultProxy } from '../src/index.ts'

it('the fault proxy keeps the order of replies when a delay ends while a reply is waiting', async () => {
  const backend = createServer((socket) => socket.on('data', (bytes) => socket.write(bytes)))
  backend.listen(0, '127.0.0.1')
  await once(backend, 'listening')
  const proxy = await createFaultProxy((backend.address() as AddressInfo).port)
  const client = connect(proxy.port, '127.0.0.1')
  onTestFinished(async () => {
    client.destroy()
    await proxy.close()
    backend.close()
  })
  let received = ''
  client.on('data', (bytes) => (received += bytes.toString()))
  proxy.delay(50)
  client.write('first ')
  await expect.poll(() => proxy.passed.down).toBe(6)
  proxy.heal()
  client.write('second')
  await expect.poll(() => received).toBe('first second')
})
