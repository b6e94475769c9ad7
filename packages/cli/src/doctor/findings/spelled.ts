import { type Case, settingOf } from '../case.ts'
import { headerOf, liveCookies } from '../exchange.ts'
import { type Finding, findingsOf } from '../finding.ts'
import { keptFrom, isSamePlace } from '../jar.ts'
import { isDeletion, isKnown, shownAttributes } from '../set-cookie.ts'

const { fault, limit } = findingsOf('the-browser-does-not-keep-the-cookie')

/** `Set-Cookie` lines that do not mean what their author intended. */
export function spelled(found: Case): readonly Finding[] {
  return [...folded(found), ...attributes(found), ...setTwice(found), ...cleared(found)]
}

function folded({ visited }: Case): readonly Finding[] {
  if (!visited.some((answer) => answer.cookies.some((cookie) => cookie.isFolded))) return []
  return [
    fault('folded', {
      says: 'Two cookies are in one Set-Cookie line, so the browser keeps only the first, with wrong attributes.',
      why: 'Lines of other headers can be joined with a comma; Set-Cookie lines cannot.',
      write: [
        `response.appendHeader('Set-Cookie', line)  // once per cookie, or pass an array: setHeader('Set-Cookie', [one, two])`,
      ],
    }),
  ]
}

function attributes({ session }: Case): readonly Finding[] {
  if (session === undefined) return []
  const unknown = shownAttributes(session)
    .filter((one) => !isKnown(one))
    .map(({ name }) => name)
  const denied = session.attributes.filter(
    ({ name, value }) => /^(?:secure|httponly|partitioned)$/i.test(name) && /^(?:false|0|no)$/i.test(value),
  )
  const sameSite = session.attributes.find(({ name }) => /^samesite$/i.test(name))
  return [
    ...(unknown.length === 0 || session.isFolded
      ? []
      : [
          limit('unknown_attribute', {
            says: `Browsers ignore ${unknown.length === 1 ? 'an unknown attribute' : 'unknown attributes'} of ${session.name}: ${unknown.join(', ')}.`,
            why: 'It is misspelled, or the value contains a semicolon and is cut off there.',
            write: ['encodeURIComponent(value)'],
          }),
        ]),
    ...denied.map(({ name, value }) =>
      limit('attribute_is_on', {
        says: `${name}=${value} turns ${name} on.`,
        why: 'The presence of the attribute turns it on, whatever its value.',
        write: [`leave out ${name}`],
      }),
    ),
    ...(sameSite === undefined || session.sameSite !== undefined
      ? []
      : [
          limit('unknown_same_site', {
            says: `SameSite=${sameSite.value.slice(0, 20)} is not a value that browsers know: they treat it as Lax.`,
            why: 'Valid values are Strict, Lax and None.',
            write: [`sameSite: 'lax'`],
          }),
        ]),
  ]
}

function setTwice(found: Case): readonly Finding[] {
  const { session } = found
  if (session === undefined) return []
  const inOneAnswer = settingOf(found).map((answer) =>
    answer.cookies
      .filter(({ name }) => name === session.name)
      .map((cookie) => keptFrom(cookie, answer.url, answer.receivedAt)),
  )
  const pairs = inOneAnswer.flatMap((kept) =>
    kept.slice(1).flatMap((next, at) => {
      const before = kept[at]
      return before !== undefined && isSamePlace(before, next) ? [[before.cookie, next.cookie] as const] : []
    }),
  )
  if (pairs.some(([before, next]) => !isDeletion(before) && isDeletion(next)))
    return [
      fault('deleted_at_once', {
        says: `One response sets ${session.name} and then deletes it; the last line wins.`,
        why: 'Something clears the cookie after the session was written, such as a logout that runs on every request.',
        write: ['clear the cookie before the session is written, or at logout only'],
      }),
    ]
  if (pairs.some(([before, next]) => before.value !== next.value && !isDeletion(before)))
    return [
      fault('set_twice', {
        says: `One response sets ${session.name} twice with different values; the browser keeps the last one.`,
        why: 'Two session middlewares, or two sessions with the same name, handle the same request.',
        write: ['mount the session once, or give one of the two another name'],
      }),
    ]
  return []
}

function cleared({ visited }: Case): readonly Finding[] {
  const clears = visited.some((answer) => /"(?:cookies|\*)"/.test(headerOf(answer, 'clear-site-data')))
  if (!clears || !visited.some((answer) => liveCookies(answer).length > 0)) return []
  return [
    fault('clear_site_data', {
      says: 'The response tells the browser to delete all cookies of the site.',
      why: 'Clear-Site-Data with "cookies" or "*" also deletes the session cookie.',
      write: ['send Clear-Site-Data at logout only'],
    }),
  ]
}
