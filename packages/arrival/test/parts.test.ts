import { describe, expect, it } from 'vitest'
import { arrivalOf, type Format } from '../src/arrival.ts'
import { PARTS } from '../src/cookie-parts.ts'
import { arriving, sessionsWith, UNTIL } from './support.ts'

/* The ways in which a library may split a session into cookies, with a format that accepts every text. */

const texts: string[] = []
const open: Format = {
  library: 'open',
  cookie: 'app',
  options: [],
  prepare: () => ({
    read(value) {
      texts.push(value)
      return { data: { value }, signed: value }
    },
  }),
}

/** The session of a request with this header, and the deleted cookies. */
async function seenIn(parts: Format['parts'], header: string) {
  texts.length = 0
  const sessions = sessionsWith([arrivalOf({ ...open, parts }, { until: UNTIL })])
  const { data, lines } = await arriving(sessions, header)
  const left = lines.slice(1).map((line) => line.slice(0, line.indexOf('=')))
  return { value: data['value'], left, texts: [...texts] }
}

describe('the chunks of a foreign cookie', () => {
  it('are joined by their numbers, in whatever order they are sent', async () => {
    const seen = await seenIn(PARTS.chunked, 'app.2=c; app.10=k; app.0=a; app.1=b; app.x=n; other=1')
    expect(seen).toMatchObject({ value: 'abc', texts: ['abc'] })
    expect(seen.left.toSorted()).toEqual(['app.0', 'app.1', 'app.10', 'app.2'])
  })

  it('are ignored if there is a whole cookie', async () => {
    expect(await seenIn(PARTS.chunked, 'app.0=a; app=whole')).toMatchObject({
      value: 'whole',
      texts: ['whole'],
    })
  })

  it('are joined up to the number in the first cookie', async () => {
    const seen = await seenIn(PARTS.countedChunks, 'app=__chunked__2; app.1=a; app.2=b; app.3=c')
    expect(seen).toMatchObject({ value: 'ab', texts: ['ab'] })
    expect(seen.left).toEqual(['app', 'app.1', 'app.2', 'app.3'])
  })

  it('are joined only up to a missing one', async () => {
    expect(await seenIn(PARTS.countedChunks, 'app=__chunked__999999999; app.1=a')).toMatchObject({
      value: 'a',
    })
  })
})

describe('several foreign cookies of one name', () => {
  it('are paired with their signatures in the order of the header', async () => {
    const signed: (readonly [string, string | undefined])[] = []
    const pairs: Format = {
      ...open,
      parts: PARTS.signedBeside,
      prepare: () => ({
        read: (value, _, signature) => (signed.push([value, signature]), { refused: 'forged' }),
      }),
    }
    const header = 'app=a; app.sig=1; app=b; app=a; app.sig=2; app=c; app=d'
    await arriving(sessionsWith([arrivalOf(pairs, { until: UNTIL })]), header)
    expect(signed).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['a', undefined],
      ['c', undefined],
    ])
  })

  it('are tried up to four times, each value once', async () => {
    const refusing: Format = {
      ...open,
      prepare: () => ({ read: (value) => (texts.push(value), { refused: 'forged' }) }),
    }
    texts.length = 0
    const sessions = sessionsWith([arrivalOf(refusing, { until: UNTIL })])
    await arriving(sessions, ['a', 'b', 'a', 'c', 'd', 'e'].map((value) => `app=${value}`).join('; '))
    expect(texts).toEqual(['a', 'b', 'c', 'd'])
  })
})

describe('a format that is expensive to read', () => {
  it('is read only a limited number of times per second, and a later request is read again', async () => {
    const clock = { at: 1_900_000_000 }
    const costly: Format = { ...open, prepare: (...given) => ({ ...open.prepare(...given), perSecond: 2 }) }
    const sessions = sessionsWith([arrivalOf(costly, { until: UNTIL })], {}, clock)
    const told = async (value: string) => (await arriving(sessions, `app=${value}`)).told
    const first = [await told('a'), await told('b'), await told('c')]
    expect(first).toEqual([['arrived'], ['arrived'], ['too_many']])
    clock.at++
    expect(await told('c')).toEqual(['arrived'])
  })
})

describe('a foreign cookie with a prefixed name', () => {
  it.each(['__Host-app', '__Secure-app', '__Host-Http-app'])('is deleted with Secure: %s', (name) => {
    const arrival = arrivalOf(open, { until: UNTIL, cookie: { name } })
    const [line] = arrival.expiry(`${name}=a`)
    expect(line).toMatch(/; HttpOnly; Secure$/)
  })
})
