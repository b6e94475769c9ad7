import { FlashTakenError } from '@keepsake/core'
import type { AnyRequest, AnyResponse } from './response.ts'

const REDIRECT = 307

/**
 * For a GET or HEAD that has taken a flash message which another response has shown meanwhile: sends the visitor to the
 * same page again, who then sees it without the message. Every other failure is left, and false is returned.
 *
 * @param url The request's target as the client has sent it, before any router has taken its prefix away.
 */
export function showAgain(
  error: unknown,
  { method }: AnyRequest,
  response: AnyResponse,
  url: string,
): boolean {
  const isSafe = method === 'GET' || method === 'HEAD'
  if (!isSafe || !(error instanceof FlashTakenError) || response.headersSent) return false
  response.statusCode = REDIRECT
  response.setHeader('Location', samePage(url))
  response.setHeader('Cache-Control', 'no-store')
  response.end()
  return true
}

/**
 * A reference to the page itself, relative to where the browser is (RFC 3986 §4.2): right behind a proxy that takes a
 * prefix away, and never to another host, as the path `//other.example/` by itself would be. What no header may
 * carry, and the backslash, which browsers read as a slash, are escaped.
 */
function samePage(url: string): string {
  const [path = '', ...query] = url.split('?')
  const page = path.slice(path.lastIndexOf('/') + 1)
  const search = query.length === 0 ? '' : `?${query.join('?')}`
  return `./${page}${search}`.replace(/[^!-[\]-~]/gu, escaped)
}

/** As `encodeURIComponent`, which throws for half a character. */
const escaped = (character: string): string =>
  Buffer.from(character).toString('hex').toUpperCase().replace(/../g, '%$&')

/** The target as the client has sent it; frameworks that take prefixes away keep it as `originalUrl`. */
export function ownUrl(request: AnyRequest & { readonly originalUrl?: unknown }): string {
  return typeof request.originalUrl === 'string' ? request.originalUrl : (request.url ?? '')
}
