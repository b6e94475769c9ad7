import type { HeaderFields } from '../guard/origin.ts'

/** How to read a host's requests: those of Node, or those of the Fetch API. Header names are in lower case. */
export interface RequestAccess<Request> {
  headerOf(request: Request, name: string): string | readonly string[] | undefined
  /** The requested host, with its port if there is one. */
  hostOf(request: Request): string | readonly string[] | undefined
  methodOf(request: Request): string | undefined
  /** The complete path of the request, without its query. */
  pathOf(request: Request): string
  /** The headers that name the origin of a request; see `checkOrigin`. */
  fieldsOf(request: Request): HeaderFields
  /** Whether the connection is encrypted, as far as this process can tell. */
  isEncrypted(request: Request): boolean
}

/** How to read and write the headers of a host's responses, before they are sent. */
export interface ResponseAccess<Response> {
  /** The values of a header, one for each line. */
  linesOf(response: Response, name: string): readonly string[]
  /** The names of the headers that are set, in lower case. */
  namesOf(response: Response): readonly string[]
  /** Sets a header, replacing previous lines; a list is several lines. */
  setHeader(response: Response, name: string, value: string | readonly string[]): void
}
