import {
  applyHeaders as apply,
  type Header,
  type ResponseAccess,
  setCookieLine,
} from '@keepsake/core/adapter'
import type { AnyResponse } from './messages.ts'

const NONE: readonly never[] = Object.freeze([])

/** How to read and write the headers of a response of Node. */
export const RESPONSE: ResponseAccess<AnyResponse> = Object.freeze({
  linesOf(response: AnyResponse, name: string): readonly string[] {
    const value = response.getHeader(name)
    if (value === undefined) return NONE
    return Array.isArray(value) ? value : [String(value)]
  },
  namesOf: (response: AnyResponse) => response.getHeaderNames(),
  setHeader: (response: AnyResponse, name: string, value: string | readonly string[]) =>
    void response.setHeader(name, value),
})

export const isSetCookie = (header: Header): boolean => header[0] === 'Set-Cookie'

/** Adds the headers of a closed visit to a response whose headers were not sent. */
export const applyHeaders = (response: AnyResponse, headers: readonly Header[]): void =>
  apply(RESPONSE, response, headers)

/** Adds a `Set-Cookie` line, replacing an earlier one of the same cookie. */
export const setLine = (response: AnyResponse, line: string): void => setCookieLine(RESPONSE, response, line)
