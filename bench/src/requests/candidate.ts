import { sessionsOf } from '../data.ts'
import { Connection, requestOf } from '../http/connection.ts'
import { PLAIN_COOKIE, type Use, type Variant } from '../http/variants.ts'
import type { Candidate } from '../rounds.ts'

/** Bytes of JSON in each session. */
export const BYTES = 100

/** A connection whose cookies hold filled sessions, after a check that each session is found again. */
export async function candidateOf({ name, listener, visitors = 1 }: Variant, use: Use): Promise<Candidate> {
  const [fill] = sessionsOf(BYTES)
  if (fill === undefined) throw new Error('there is no data')
  const connection = new Connection(await listener(fill))
  const isBare = name.startsWith('bare')
  const requests: Buffer[] = []
  for (let n = 0; n < visitors; n++) {
    const { cookies } = isBare ? { cookies: PLAIN_COOKIE } : await connection.ask(requestOf('/fill', ''))
    const { status, body } = await connection.ask(requestOf('/read', cookies))
    const expected = isBare ? 'undefined visits' : '17 visits'
    if (status !== 200 || !body.includes(expected)) throw new Error(`${name} answers ${status}: ${body}`)
    requests.push(requestOf(`/${use}`, cookies))
  }
  return { name, run: (times) => connection.repeat(requests, times) }
}
