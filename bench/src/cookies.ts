import { createCookie, readCookies } from '@keepsake/core'
import { parseCookie, stringifySetCookie } from 'cookie'
import Cookies from 'cookies'
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Cookie } from 'tough-cookie'
import type { BarGroup } from './chart.ts'
import { flat } from './data.ts'
import { type Findings, type Goal, shownRatio, shownSpread } from './report.ts'
import { type Candidate, measure } from './rounds.ts'
import { ratioOf, spreadOf } from './statistics.ts'
import type { Table } from './table.ts'
import { INPUTS, once } from './work.ts'

const NAME = 'session'
const COUNTS = [1, 5, 20] as const

/** One task for all candidates, ours first; `least` is the required speed-up over the rival. */
interface Contest {
  readonly title: string
  readonly candidates: readonly Candidate[]
  readonly rival: string
  readonly least: number
}

export async function cookies(): Promise<Findings> {
  const tables: Table[] = []
  const goals: Goal[] = []
  const groups: BarGroup[] = []
  for (const contest of contests()) {
    const seriesOf = await measure(`cookies, ${contest.title}`, contest.candidates)
    const nanoseconds = (name: string): number[] => seriesOf(name).cpu.map((value) => value * 1000)
    const own = nanoseconds('keepsake')
    const names = contest.candidates.map(({ name }) => name)
    const rows = names.map((name) => {
      const times = nanoseconds(name)
      const ratio = name === 'keepsake' ? '' : shownRatio(ratioOf(times, own))
      return [name, shownSpread(spreadOf(times)), ratio]
    })
    tables.push({
      title: `${contest.title}: ns of CPU`,
      head: ['library', 'median (p25–p75)', '× keepsake'],
      rows,
    })
    groups.push({
      title: contest.title,
      bars: names.map((name) => ({ label: name, value: spreadOf(nanoseconds(name)) })),
    })
    const value = ratioOf(nanoseconds(contest.rival), own)
    goals.push({
      text: `${contest.title}: time of ${contest.rival}`,
      value,
      limit: contest.least,
      bound: 'at least',
    })
  }
  const title = 'Reading and writing plain cookies'
  return { tables, goals, chart: { title, unit: 'nanoseconds of CPU; shorter is better', groups } }
}

function contests(): readonly Contest[] {
  return [
    ...COUNTS.map((count, index) => oneOf(count, [1, 2.5, 5][index] ?? 1)),
    ...COUNTS.map(allOf),
    setCookie('a value of 43 characters', 43, 2.4),
    setCookie('a value of 1,371 characters', 1371, 1),
  ]
}

/** The wanted cookie is at three quarters of the header. */
function headersOf(count: number): readonly string[] {
  return Array.from({ length: INPUTS }, () => {
    const at = Math.floor(count * 0.75)
    const pairs = Array.from({ length: count }, (_, i) =>
      i === at ? `${NAME}=${token(43)}` : `cookie_${i}=${token(20 + ((i * 37) % 160))}`,
    )
    return flat(pairs.join('; '))
  })
}

const token = (chars: number): string => flat(randomBytes(chars).toString('base64url').slice(0, chars))

function oneOf(count: number, least: number): Contest {
  const headers = headersOf(count)
  const cookie = createCookie(NAME)
  return {
    title: `one cookie out of ${count}`,
    rival: 'cookie 2',
    least,
    candidates: [
      once('keepsake', headers, (header) => cookie.read(header)),
      once('cookie 2', headers, (header) => parseCookie(header)[NAME]),
      once('cookies', headers, (header) => new Cookies(requestWith(header), RESPONSE).get(NAME)),
      once('tough-cookie', headers, (header) => toughCookies(header).find(({ key }) => key === NAME)),
    ],
  }
}

function allOf(count: number): Contest {
  const headers = headersOf(count)
  return {
    title: `all of ${count} ${count === 1 ? 'cookie' : 'cookies'}`,
    rival: 'cookie 2',
    least: 0.9,
    candidates: [
      once('keepsake', headers, (header) => readCookies(header)),
      once('cookie 2', headers, (header) => parseCookie(header)),
      once('tough-cookie', headers, toughCookies),
    ],
  }
}

function setCookie(title: string, chars: number, least: number): Contest {
  const values = Array.from({ length: INPUTS }, () => token(chars))
  const cookie = createCookie(NAME)
  const attributes = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' } as const
  return {
    title: `a Set-Cookie line, ${title}`,
    rival: 'cookie 2',
    least,
    candidates: [
      once('keepsake', values, (value) => cookie.write(value)),
      once('cookie 2', values, (value) => stringifySetCookie({ name: NAME, value, ...attributes })),
      once('cookies', values, (value) => {
        const response = responseThatKeeps()
        const jar = new Cookies(requestWith(''), response, { secure: true })
        return jar.set(NAME, value, { httpOnly: true, sameSite: 'lax' })
      }),
      once('tough-cookie', values, (value) => new Cookie({ key: NAME, value, ...attributes }).toString()),
    ],
  }
}

/** tough-cookie is a jar and parses `Set-Cookie` lines; pair by pair, it can also parse a request's header. */
function toughCookies(header: string): Cookie[] {
  return header.split(';').flatMap((pair) => Cookie.parse(pair) ?? [])
}

const requestWith = (cookie: string): IncomingMessage => ({ headers: { cookie } }) as IncomingMessage
const RESPONSE = {} as ServerResponse

/** The part of a response that `cookies` needs. */
function responseThatKeeps(): ServerResponse {
  let kept: unknown
  const setHeader = (_name: string, value: unknown): void => void (kept = value)
  return { getHeader: () => kept, setHeader } as unknown as ServerResponse
}
