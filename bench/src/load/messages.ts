import type { Framework, Use } from '../http/variants.ts'
import type { Servers } from '../http/servers.ts'

/** What a server process is told to serve. */
export interface ServerTask extends Servers {
  readonly framework: Framework
  readonly variant: string
}

/** What a server process tells: where it listens, then how much CPU all its threads have taken whenever it is asked. */
export type ServerMessage = { readonly port: number } | { readonly cpuMicros: number }

/** What the generator is told to ask for, again and again, over as many connections as there are visitors. */
export interface Shot {
  readonly port: number
  readonly use: Use
  /** The `Cookie` header of each visitor. */
  readonly visitors: readonly string[]
  readonly milliseconds: number
}

/** What the visitors saw. Latencies in microseconds. */
export interface Hit {
  readonly requests: number
  readonly seconds: number
  readonly p50: number
  readonly p99: number
}
