import type { Framework, Use } from '../http/variants.ts'
import type { Servers } from '../http/servers.ts'

/** What a server process has to serve. */
export interface ServerTask extends Servers {
  readonly framework: Framework
  readonly variant: string
}

/** Messages of a server process: its port, and then the CPU of all its threads whenever it is requested. */
export type ServerMessage = { readonly port: number } | { readonly cpuMicros: number }

/** What the generator has to request repeatedly, over one connection per visitor. */
export interface Shot {
  readonly port: number
  readonly use: Use
  /** The `Cookie` header of each visitor. */
  readonly visitors: readonly string[]
  readonly milliseconds: number
}

/** The visitors' measurements. Latencies are in microseconds. */
export interface Hit {
  readonly requests: number
  readonly seconds: number
  readonly p50: number
  readonly p99: number
}
