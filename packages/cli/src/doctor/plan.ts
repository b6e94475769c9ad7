/** What the doctor checks. */
export interface Plan {
  /** Where the application listens. */
  readonly to: URL
  /** The same page at the URL that browsers use: behind a proxy, under another name. */
  readonly page: URL
  /** Whether to send the headers of an https proxy. */
  readonly isProxied: boolean
  /** The request that starts the session. */
  readonly write: {
    readonly url: URL
    readonly method: string
    readonly data: string | undefined
    /** Whether the user named it: then it must set a cookie. */
    readonly isNamed: boolean
  }
  /** The name of the session's cookie, if the user gave it. */
  readonly cookie: string | undefined
  /** Another process of the application. */
  readonly node: URL | undefined
  /** The origin of a page that uses `fetch`. */
  readonly origin: URL | undefined
  /** Another host that must receive the session. */
  readonly subdomain: string | undefined
  /** Whether other sites show the page in a frame. */
  readonly isFramed: boolean
  readonly takesAnyCertificate: boolean
}
