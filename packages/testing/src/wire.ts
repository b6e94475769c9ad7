/** Header fields as they came, in order; names in lower case on HTTP/2. */
export type Fields = readonly (readonly [name: string, value: string])[]

/** What goes over the wire. */
export interface Sent {
  readonly method: string
  readonly path: string
  readonly fields: Fields
  readonly body: string | undefined
  readonly onFirstByte: () => void
}

/** An answer whose head has arrived. */
export interface Arriving {
  readonly status: number
  /** What the status line says after the status; empty on HTTP/2, which has none. */
  readonly reason: string
  readonly fields: Fields
  /** Heads of 1xx responses that came before, such as early hints. */
  readonly early: readonly Early[]
  /** The body's chunks; leaving the loop early hangs up. */
  readonly body: AsyncIterable<Buffer>
}

export interface Early {
  readonly status: number
  readonly fields: Fields
}

/** An answer that has arrived as a whole. */
export interface Answer extends Omit<Arriving, 'body'> {
  readonly body: Buffer
  readonly text: string
  /** Every value of one field; the name in any case. */
  values(name: string): string[]
}

/** What carries requests: one connection, kept alive. */
export interface Transport {
  send(sent: Sent): Promise<Arriving>
  close(): Promise<void>
}

/** Every value of one field; the name in any case. */
export function valuesIn(fields: Fields, name: string): string[] {
  return fields.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value)
}

/** Name and value in turn, as Node lists raw headers, as pairs. */
export function pairsOf(raw: readonly string[]): Fields {
  return raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? ''] as const] : []))
}
