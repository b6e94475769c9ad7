import type { HeaderFields } from '../guard/origin.ts'

/** How the requests of a host are read: those of Node, or those of the Fetch API. Headers are named in lower case. */
export interface RequestAccess<Request> {
  headerOf(request: Request, name: string): string | readonly string[] | undefined
  /** The host that was asked for, and perhaps its port. */
  hostOf(request: Request): string | readonly string[] | undefined
  methodOf(request: Request): string | undefined
  /** The path that was asked for, whole, without its query. */
  pathOf(request: Request): string
  /** The headers that say who has made a browser send the request; see `checkOrigin`. */
  fieldsOf(request: Request): HeaderFields
  /** Whether the connection that it came by is encrypted, as far as this process can tell. */
  isEncrypted(request: Request): boolean
}

/** How the head of a host's responses is read and written, before it leaves. */
export interface ResponseAccess<Response> {
  /** The values of a header that is set, one for each line. */
  linesOf(response: Response, name: string): readonly string[]
  /** The names of the headers that are set, in lower case. */
  namesOf(response: Response): Iterable<string>
  /** Sets a header, in place of what there was; a list is several lines. */
  setHeader(response: Response, name: string, value: string | readonly string[]): void
}
