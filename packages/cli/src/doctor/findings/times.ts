import { type Case, settingOf } from '../case.ts'
import { type Exchange, headerOf, liveCookies } from '../exchange.ts'
import { type Finding, findingsOf, spanOf } from '../finding.ts'
import { endOf, type SetCookie } from '../set-cookie.ts'

const cookies = findingsOf('the-browser-does-not-keep-the-cookie')
const clocks = findingsOf('a-cache-or-a-clock-is-in-the-way')

/** As much as Keepsake allows, too. */
const TOLERATED_MS = 60_000
const SHORT_MS = 60_000

/** How far the server's clock is ahead, in milliseconds; undefined without a Date header. For a cached response its Age is added. */
export function skewOf(answer: Exchange): number | undefined {
  const date = Date.parse(headerOf(answer, 'date'))
  const age = Number(headerOf(answer, 'age') || 0)
  return Number.isNaN(date) || Number.isNaN(age) ? undefined : date + age * 1000 - answer.receivedAt
}

export function times(found: Case): readonly Finding[] {
  const skews = found.visited.map(skewOf).filter((skew) => skew !== undefined)
  const skew = skews.find((one) => Math.abs(one) > TOLERATED_MS)
  const lives = settingOf(found).flatMap((answer) =>
    liveCookies(answer)
      .filter((cookie) => cookie.name === found.session?.name)
      .map((cookie) => lifeOf(cookie, answer)),
  )
  const ended = lives.find(({ left }) => left <= 0)
  return [
    ...(skew === undefined ? [] : [clockFinding(skew, ended !== undefined)]),
    ...(ended === undefined ? [] : [endedFinding(ended, skew)]),
    ...(ended === undefined
      ? lives
          .filter(({ meant }) => meant < SHORT_MS)
          .slice(0, 1)
          .map(shortFinding)
      : []),
  ]
}

interface Life {
  readonly cookie: SetCookie
  /** In milliseconds by the browser's clock; `Infinity` for a cookie that is kept until the browser is closed. */
  readonly left: number
  /** The same by the server's clock. */
  readonly meant: number
}

function lifeOf(cookie: SetCookie, answer: Exchange): Life {
  const left = endOf(cookie, answer.receivedAt) - answer.receivedAt
  const isByClock = cookie.maxAge === undefined && cookie.expires !== undefined
  return { cookie, left, meant: isByClock ? left - (skewOf(answer) ?? 0) : left }
}

function clockFinding(skew: number, endsCookies: boolean): Finding {
  return clocks.fault('clock', {
    says: `The server's clock is ${spanOf(skew)} ${skew < 0 ? 'behind' : 'ahead of'} this machine's.`,
    why: endsCookies
      ? 'The expiry that it gives the cookie has already passed when the browser receives it.'
      : 'Cookies and sessions expire too early or too late, and servers whose clocks differ reject each other’s sessions.',
    write: ['timedatectl set-ntp true  # on the machine whose clock is wrong'],
  })
}

function endedFinding({ cookie, left, meant }: Life, skew: number | undefined): Finding {
  const ended = left === 0 ? 'at once' : `${spanOf(left)} ago`
  return cookies.fault('ended_at_once', {
    says: `The browser deletes ${cookie.name} on arrival: it expired ${ended}.`,
    why:
      skew !== undefined && meant > 0
        ? 'Expires was computed with a wrong clock. Max-Age would use the clock of the browser.'
        : 'Its expiry is not in the future.',
    write: [
      'maxAge: 24 * 60 * 60 * 1000  // in milliseconds from now, in express-session, cookie-session and koa-session',
    ],
  })
}

const shortFinding = ({ cookie, meant }: Life): Finding =>
  cookies.fault('short_lived', {
    says: `The browser keeps ${cookie.name} for ${spanOf(meant)} only.`,
    why: 'maxAge of express-session, cookie-session and koa-session is in milliseconds; Max-Age in the header is in seconds.',
    write: ['maxAge: 24 * 60 * 60 * 1000  // a day; in Keepsake: lifetime: { idle: "1d" }'],
  })
