/** The parts of Bun's and Deno's own servers that are used here. */
interface Runtimes {
  readonly Bun?: {
    serve(options: object): { readonly port: number; stop(isNow: true): Promise<void> }
  }
  readonly Deno?: {
    serve(
      options: object,
      handler: Handler,
    ): { readonly addr: { readonly port: number }; shutdown(): Promise<void> }
  }
}

type Handler = (request: Request) => Response | Promise<Response>

/** Serves a handler with the runtime's own server. */
export function serve(handler: Handler): { readonly port: number; readonly stop: () => Promise<void> } {
  const { Bun, Deno } = globalThis as Runtimes
  if (Bun !== undefined) {
    const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: handler })
    return { port: server.port, stop: () => server.stop(true) }
  }
  if (Deno === undefined) throw new Error('expected Bun or Deno')
  const server = Deno.serve({ port: 0, hostname: '127.0.0.1', onListen: () => undefined }, handler)
  return { port: server.addr.port, stop: () => server.shutdown() }
}
