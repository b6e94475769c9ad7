import { describe, expect, it } from 'vitest'
import { arrivalOf, type Format } from '../src/arrival.ts'
import { PARTS } from '../src/cookie-parts.ts'
import { arriving, sessionsWith, UNTIL } from './support.ts'

/* How a library may spread a session over cookies, with a format that takes every text for genuine. */

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

/** What a request with this header is taken for. */
async function seenIn(parts: Format['parts'], header: string) {
  texts.length = 0
  const sessions = sessionsWith([arrivalOf({ ...open, parts }, { until: UNTIL })])
  const { data, lines } = await arriving(sessions, header)
  const left = lines.slice(1).map((line) => line.slice(0, line.indexOf('=')))
  return { value: data['value'], left, texts: [...texts] }
}

describe('chunks', () => {
  it('are put together in order, whatever order they come in', async () => {
    const seen = await seenIn(PARTS.chunked, 'app.2=c; app.10=k; app.0=a; app.1=b; app.x=n; other=1')
    expect(seen).toMatchObject({ value: 'abc', texts: ['abc'] })
    expect(seen.left.toSorted()).toEqual(['app.0', 'app.1', 'app.10', 'app.2'])
  })

  it('come after a whole one', async () => {
    expect(await seenIn(PARTS.chunked, 'app.0=a; app=whole')).toMatchObject({
      value: 'whole',
      texts: ['whole'],
    })
  })

  it('are as many as the first cookie says', async () => {
    const seen = await seenIn(PARTS.countedChunks, 'app=__chunked__2; app.1=a; app.2=b; app.3=c')
    expect(seen).toMatchObject({ value: 'ab', texts: ['ab'] })
    expect(seen.left).toEqual(['app', 'app.1', 'app.2', 'app.3'])
  })

  it('end where one is missing', async () => {
    expect(await seenIn(PARTS.countedChunks, 'app=__chunked__999999999; app.1=a')).toMatchObject({
      value: 'a',
    })
  })
})

describe('several cookies of one name', () => {
  it('have their signatures in the order in which they come', async () => {
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

  it('are tried, four at most, and each value once', async () => {
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

describe('a format that is costly to read', () => {
  it('is read so often each second, and the rest waits for the next request', async () => {
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

describe('a cookie whose name has a prefix', () => {
  it.each(['__Host-app', '__Secure-app', '__Host-Http-app'])('leaves with Secure: %s', (name) => {
    const arrival = arrivalOf(open, { until: UNTIL, cookie: { name } })
    const [line] = arrival.expiry(`${name}=a`)
    expect(line).toMatch(/; HttpOnly; Secure$/)
  })
})
