/** A pasted cookie. */
export interface PastedCookie {
  /** Undefined for a value without a name. */
  readonly name: string | undefined
  readonly value: string
  /** The attributes of a `Set-Cookie` line, in order; undefined for a `Cookie` line or a bare value. */
  readonly attributes: readonly Attribute[] | undefined
}

export interface Attribute {
  /** As written. */
  readonly name: string
  /** Empty for `Secure` and similar. */
  readonly value: string
}

const ATTRIBUTE = /^(?:path|domain|max-age|expires|secure|httponly|samesite|partitioned|priority)$/i
const HEADER = /^(set-cookie|cookie)\s*:\s*(.*)$/i

/**
 * The cookies in a pasted text: a token, a `Cookie` or a `Set-Cookie` line with or without the header's name,
 * or all headers of a request or response (also as `curl -v` shows them), of which only those two are read.
 */
export function readPasted(text: string): readonly PastedCookie[] {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.replace(/^[<>]\s+/, '').trim())
    .filter((line) => line !== '')
  const fields = lines.map((line) => HEADER.exec(line)).filter((match) => match !== null)
  if (fields.length === 0) return lines.flatMap(readBare)
  return fields.flatMap(([, header = '', value = '']) =>
    header.toLowerCase() === 'cookie' ? readCookie(value) : readSetCookie(value),
  )
}

function readBare(line: string): readonly PastedCookie[] {
  if (!line.includes('=')) return [{ name: undefined, value: line, attributes: undefined }]
  const [, ...rest] = partsOf(line)
  return rest.some((part) => ATTRIBUTE.test(pairOf(part).name)) ? readSetCookie(line) : readCookie(line)
}

const readCookie = (text: string): readonly PastedCookie[] =>
  partsOf(text).map((part) => ({ ...pairOf(part), attributes: undefined }))

function readSetCookie(text: string): readonly PastedCookie[] {
  const [first = '', ...attributes] = partsOf(text)
  return [{ ...pairOf(first), attributes: attributes.map(pairOf) }]
}

const partsOf = (text: string): readonly string[] =>
  text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')

function pairOf(part: string): Attribute {
  const [name = '', ...value] = part.split('=')
  return { name: name.trim(), value: value.join('=').trim() }
}
