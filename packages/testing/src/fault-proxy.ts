import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/** A TCP server between a client and its backend that simulates network faults. */
export interface FaultProxy {
  /** The port where it listens, on 127.0.0.1. */
  readonly port: number
  /** The bytes received so far from clients, and from the backend. */
  readonly passed: { readonly up: number; readonly down: number }
  /** Ends all connections, and rejects new ones until `heal`. */
  cut(): void
  /** Delays the backend's replies by this many milliseconds, until `heal`. */
  delay(milliseconds: number): void
  /** Drops all replies of the backend, and keeps the connections open until they end or until `heal`. */
  mute(): void
  /**
   * Passes the next request whose bytes contain `marker` to the backend, waits for the reply, and then closes the
   * connection instead of passing the reply on: the request took effect, but the client does not know. `meanwhile` runs
   * before the connection closes. Resolves when all of that has happened.
   */
  loseAnswer(marker: string, meanwhile?: () => Promise<unknown>): Promise<void>
  heal(): void
  close(): Promise<void>
}

/** Waits for a request; `answered` is called with a function that ends its connection. */
interface Trap {
  readonly marker: string
  readonly answered: (end: () => void) => void
}

/** A proxy for a backend on `127.0.0.1:port`, for the tests of a store. */
export async function createFaultProxy(port: number): Promise<FaultProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let line: 'open' | 'cut' | 'mute' = 'open'
  let latency = 0
  const passed = { up: 0, down: 0 }
  let trap: Trap | undefined

  const server = createServer((client) => {
    if (line === 'cut') {
      client.destroy()
      return
    }
    const backend = connect(port, '127.0.0.1')
    const pair = [client, backend] as const
    pairs.add(pair)
    let caught: Trap | undefined
    const end = (): void => {
      pairs.delete(pair)
      client.destroy()
      backend.destroy()
    }
    let held: Promise<void> | undefined
    /** Delivers data in the order of arrival, even if earlier data is still delayed. */
    function deliver(bytes: Buffer): void {
      if (latency === 0 && held === undefined) return void client.write(bytes)
      const due = performance.now() + latency
      const before = held
      const sending = async (): Promise<void> => {
        await before
        await wait(Math.max(0, due - performance.now()))
        if (client.writable) client.write(bytes)
        if (held === mine) held = undefined
      }
      const mine = sending()
      held = mine
    }
    for (const socket of pair) socket.setNoDelay(true).on('error', end).on('close', end)
    client.on('data', (bytes) => {
      passed.up += bytes.length
      if (trap !== undefined && bytes.includes(trap.marker)) {
        caught = trap
        trap = undefined
      }
      backend.write(bytes)
    })
    backend.on('data', (bytes) => {
      passed.down += bytes.length
      if (caught !== undefined) {
        caught.answered(end)
        return
      }
      if (line !== 'mute') deliver(bytes)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const endAll = (): void => {
    for (const [client] of pairs) client.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    passed,
    cut() {
      line = 'cut'
      endAll()
    },
    delay(milliseconds) {
      latency = milliseconds
    },
    mute() {
      line = 'mute'
    },
    loseAnswer: (marker, meanwhile = () => Promise.resolve()) =>
      new Promise((resolve, reject) => {
        let others: Promise<unknown> | undefined
        // The rest of the reply may arrive later.
        const answered = (end: () => void): void => {
          others ??= meanwhile()
            .finally(end)
            .then(() => resolve(), reject)
        }
        trap = { marker, answered }
      }),
    heal() {
      // Dropped data is lost, so a connection that was mute is useless.
      if (line === 'mute') endAll()
      line = 'open'
      latency = 0
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      endAll()
      await closed
    },
  }
}
