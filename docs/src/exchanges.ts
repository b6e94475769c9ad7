import { STATUS_CODES } from 'node:http'
import type { Answer, Fields } from '@keepsake/testing'
import type { Block } from './blocks.ts'

/** A request and its response on a page. */
export interface Exchange {
  /** The line of the page on which the request starts. */
  readonly line: number
  readonly method: string
  readonly path: string
  readonly fields: Fields
  readonly body: string | undefined
  readonly answer: Shown
}

/** A response on a page: `…` matches any text. */
export interface Shown {
  readonly status: string
  readonly fields: Fields
  readonly body: string | undefined
}

const REQUEST = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (\S+)(?: HTTP\/1\.1)?$/
const STATUS = /^HTTP\/1\.1 (\d{3} .+)$/

/** The exchanges of an `http` block: a request, an empty line, the response, and so on. */
export function exchangesIn({ code, line }: Block): Exchange[] {
  const lines = code.split('\n')
  const starts = lines.flatMap((text, at) => (REQUEST.test(text) ? [at] : []))
  if (starts[0] !== 0) throw new Error(`line ${line}: an exchange begins with a request such as "GET /"`)
  return starts.map((start, index) => exchangeIn(lines.slice(start, starts[index + 1]), line + start))
}

function exchangeIn(lines: readonly string[], line: number): Exchange {
  const split = lines.findIndex((text) => STATUS.test(text))
  if (split === -1) throw new Error(`line ${line}: the request has no response`)
  const [, method = '', path = ''] = REQUEST.exec(lines[0] ?? '') ?? []
  const [, status = ''] = STATUS.exec(lines[split] ?? '') ?? []
  return {
    line,
    method,
    path,
    ...headAndBody(lines.slice(1, split)),
    answer: { status, ...headAndBody(lines.slice(split + 1)) },
  }
}

function headAndBody(lines: readonly string[]): { fields: Fields; body: string | undefined } {
  const blank = lines.indexOf('')
  const head = blank === -1 ? lines : lines.slice(0, blank)
  const body = blank === -1 ? '' : lines.slice(blank).join('\n').trim()
  const fields = head.map((text): readonly [string, string] => {
    const colon = text.indexOf(': ')
    if (colon === -1) throw new Error(`no header field: ${text}`)
    return [text.slice(0, colon), text.slice(colon + 2)]
  })
  return { fields, body: body === '' ? undefined : body }
}

/** Headers unrelated to sessions, which a page may omit. */
const UNSAID = new Set([
  'connection',
  'content-length',
  'content-type',
  'date',
  'etag',
  'keep-alive',
  'transfer-encoding',
  'x-powered-by',
])

/** The differences between a response and the page; empty if there are none. */
export function differences(shown: Shown, { status, fields, text }: Answer): string[] {
  const problems: string[] = []
  const actual = `${status} ${STATUS_CODES[status]}`
  if (shown.status !== actual) problems.push(`the status is ${actual}`)
  const left = [...fields]
  for (const [name, value] of shown.fields) {
    const at = left.findIndex(
      ([key, got]) => isNamed(key, name) && matches(value, withoutDelay(value, got), '[^;]*'),
    )
    if (at === -1)
      problems.push(`no ${name}: ${value}\n${list(fields.filter(([key]) => isNamed(key, name)))}`)
    else left.splice(at, 1)
  }
  const unsaid = left.filter(([name]) => !UNSAID.has(name.toLowerCase()))
  if (unsaid.length > 0) problems.push(`not on the page:\n${list(unsaid)}`)
  const isRedirect = status >= 300 && status < 400
  if (
    shown.body === undefined ? text.trim() !== '' && !isRedirect : !matches(shown.body, text.trim(), '[^]*')
  )
    problems.push(`the body is\n${text}`)
  return problems
}

const MAX_AGE = /(?<=; Max-Age=)\d+/
/** The delay between two requests of a page, which its numbers do not include. */
const MAX_DELAY_SECONDS = 60

/** The remaining time of a session with a fixed end is a few seconds shorter on a slow machine. */
function withoutDelay(shown: string, actual: string): string {
  const [full = ''] = MAX_AGE.exec(shown) ?? []
  const [left = ''] = MAX_AGE.exec(actual) ?? []
  const delay = Number(full) - Number(left)
  return left !== '0' && delay > 0 && delay < MAX_DELAY_SECONDS ? actual.replace(MAX_AGE, full) : actual
}

/** Whether a text matches the page, where `…` matches anything that `gap` allows. */
export function matches(shown: string, actual: string, gap: string): boolean {
  const pattern = shown
    .split('…')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join(gap)
  return new RegExp(`^${pattern}$`).test(actual)
}

const isNamed = (key: string, name: string): boolean => key.toLowerCase() === name.toLowerCase()

const list = (fields: Fields): string => fields.map(([name, value]) => `  ${name}: ${value}`).join('\n')
