/* The tables of core's events, generated from its source: types, reasons and the comments that explain them. */

/** A member of a union or a field of an interface, with its comment. */
interface Member {
  readonly name: string
  /** The text after the name; for a field its type. */
  readonly type: string
  readonly comment: string
}

export interface EventSources {
  /** The source of `base/events.ts` and of `base/reasons.ts`. */
  readonly events: string
  readonly reasons: string
}

/** Every event with its meaning and possible reasons. */
export function eventTable({ events, reasons }: EventSources): string {
  const reasonsOf = (type: string): readonly string[] => {
    const named = [...events.matchAll(/^ {2}(\w+): '(\w+)',$/gm)].filter(([, , event]) => event === type)
    const own = OWN[type]
    return [...named.map(([, reason = '']) => reason), ...(own === undefined ? [] : namesIn(own, reasons))]
  }
  const rows = unionIn(events, 'SessionEventType').map(({ name, comment }) => {
    const codes = new Set(reasonsOf(name))
    if (codes.size === 0) throw new Error(`no reason of ${name} is known`)
    return `| \`${name}\` | ${told(comment)} | ${[...codes].map((code) => `\`${code}\``).join(', ')} |`
  })
  return ['| event | | reasons |', '|---|---|---|', ...rows].join('\n')
}

/** The fields of an interface of `base/events.ts`. */
export function fieldTable({ events }: EventSources, name: string): string {
  const rows = fieldsIn(events, name).map(
    ({ name: field, type, comment }) => `| \`${field}\` | ${shown(type)} | ${told(comment)} |`,
  )
  return ['| field | | |', '|---|---|---|', ...rows].join('\n')
}

/** Events whose reasons are not in a table of the source: a single reason, or the type that lists them. */
const OWN: Readonly<Record<string, string>> = {
  session_arrived: 'arrived',
  arrival_refused: 'ArrivalRefusal',
  bound: 'registered',
  bound_refreshed: 'refreshed',
  bound_failed: 'ProofRefusal',
  session_key_dropped: 'control_name',
  session_watch_failed: 'store_failed',
  cross_origin_refused: 'CrossOriginReason',
}

function namesIn(own: string, reasons: string): string[] {
  if (!/^[A-Z]/.test(own)) return [own]
  const body =
    new RegExp(`^export type ${own} =(?<body>.*?)(?=^export|^/\\*\\*|\\n\\n|(?![\\s\\S]))`, 'ms').exec(
      reasons,
    )?.groups?.['body'] ?? ''
  return [...body.replaceAll(/\/\*\*.*?\*\//gs, '').matchAll(/\| ?(?:'(\w+)'|(\w+))/g)].flatMap(
    ([, name, type]) => (name === undefined ? namesIn(type ?? '', reasons) : [name]),
  )
}

const COMMENTED = /\/\*\*(?<comment>.*?)\*\/\s*/gs

function unionIn(source: string, name: string): Member[] {
  const body = source.split(`export type ${name} =`)[1]?.split('\n\n')[0] ?? ''
  return membersOf(body, /^\| '(?<name>\w+)'(?<type>)/)
}

function fieldsIn(source: string, name: string): Member[] {
  const body = source.split(`export interface ${name} {`)[1]?.split('\n}')[0] ?? ''
  return membersOf(body, /^(?:readonly )?(?<name>\w+):(?<type>.*?)(?=\n\s*\/\*\*|$(?![\s\S]))/s)
}

/** Every member has its own comment. */
function membersOf(body: string, member: RegExp): Member[] {
  const members = [...body.matchAll(COMMENTED)].map((found) => {
    const after = member.exec(body.slice(found.index + found[0].length))?.groups
    return {
      name: after?.['name'] ?? '',
      type: after?.['type'] ?? '',
      comment: found.groups?.['comment'] ?? '',
    }
  })
  if (members.length === 0 || members.some(({ name }) => name === ''))
    throw new Error('a comment has no member')
  return members
}

const told = (comment: string): string =>
  comment
    .replaceAll(/\s*\n\s*\*?\s*/g, ' ')
    .trim()
    .replaceAll(/\{@link (\w+)\}/g, '`$1`')

/** A type that refers to others is shown as text; the table of events lists them. */
const shown = (type: string): string => {
  const members = type.replaceAll(/\s+/g, ' ').trim().replace(/^\| /, '').split(' | ')
  return members.every((one) => /^(?:'\w+'|string|number|boolean|undefined)$/.test(one))
    ? members.map((one) => `\`${one}\``).join(' or ')
    : 'a text'
}

/** The page with its generated parts replaced: each is between `<!-- name -->` and `<!-- end -->`. */
export function withParts(page: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((text, [name, drawn]) => {
    const [begin, end] = [`<!-- ${name} -->\n`, '<!-- end -->']
    const at = text.indexOf(begin)
    if (at === -1) throw new Error(`the page has no ${begin}`)
    const rest = text.slice(at + begin.length)
    return `${text.slice(0, at)}${begin}\n${drawn}\n\n${rest.slice(rest.indexOf(end))}`
  }, page)
}
