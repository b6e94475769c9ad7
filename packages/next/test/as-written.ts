import type { ServerResponse } from 'node:http'

/** The order in which Keepsake writes the attributes of a cookie. */
const ATTRIBUTES = ['Path', 'Domain', 'Secure', 'HttpOnly', 'SameSite', 'Partitioned', 'Max-Age', 'Expires']

/** The names that Next adds to `Vary` of every response. */
const OWN_VARY = /(?:rsc|next-router-state-tree|next-router-prefetch|next-router-segment-prefetch)(?:, |$)/g

/**
 * Removes Next's own additions and changes from the headers of a response, right before they are sent, so that they can be
 * compared with those of other frameworks.
 */
export function showAsWritten(response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response) as (...given: unknown[]) => ServerResponse
  response.writeHead = (...given: unknown[]) => {
    for (const name of response.getHeaderNames()) {
      const values = [response.getHeader(name) ?? []].flat().map(String)
      response.removeHeader(name)
      const shown = name === 'set-cookie' ? values.map(lineOf) : withoutOwn(name, values.join(', '))
      if (shown.length > 0) response.setHeader(name, shown)
    }
    return writeHead(...given)
  }
}

const withoutOwn = (name: string, value: string): string =>
  name === 'vary' ? value.replace(OWN_VARY, '').replace(/, $/, '') : value

const rank = (attribute: string): number => ATTRIBUTES.indexOf(attribute.split('=')[0] ?? '')

/** Next rewrites the cookies of its jar. */
function lineOf(line: string): string {
  const [pair = '', ...attributes] = line.split('; ')
  const sorted = attributes.toSorted((one, other) => rank(one) - rank(other))
  return [pair, ...sorted]
    .join('; ')
    .replace(/SameSite=(\w)/, (all) => all.slice(0, -1) + all.slice(-1).toUpperCase())
}
