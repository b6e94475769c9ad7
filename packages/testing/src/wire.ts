/** Header fields as they arrived, in order; names in lower case on HTTP/2. */
export type Fields = readonly (readonly [name: string, value: string])[]

/** A request that is sent over the wire. */
export interface Sent {
  readonly method: string
  readonly path: string
  readonly fields: Fields
  readonly body: string | undefined
  readonly onFirstByte: () => void
}

/** A response whose head has arrived. */
export interface Arriving {
  readonly status: number
  /** The reason phrase of the status line; empty on HTTP/2, which has none. */
  readonly reason: string
  readonly fields: Fields
  /** The heads of earlier 1xx responses, such as early hints. */
  readonly early: readonly Early[]
  /** The body's chunks; leaving the loop early hangs up. */
  readonly body: AsyncIterable<Buffer>
}

export interface Early {
  readonly status: number
  readonly fields: Fields
}

/** A response that has arrived completely. */
export interface Answer extends Omit<Arriving, 'body'> {
  readonly body: Buffer
  readonly text: string
  /** Every value of one field; the name in any case. */
  values(name: string): string[]
}

/** Sends requests over one connection, which is kept alive. */
export interface Transport {
  send(sent: Sent): Promise<Arriving>
  close(): Promise<void>
}

/** Every value of one field; the name in any case. */
export function valuesIn(fields: Fields, name: string): string[] {
  return fields.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value)
}

/** Turns Node's list of raw headers, in which names and values alternate, into pairs. */
export function pairsOf(raw: readonly string[]): Fields {
  return raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? ''] as const] : []))
}
