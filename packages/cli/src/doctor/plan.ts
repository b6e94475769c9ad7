/** What the doctor is asked to do. */
export interface Plan {
  /** Where the application listens. */
  readonly to: URL
  /** The same page as browsers address it: behind a proxy, under another name. */
  readonly page: URL
  /** Whether the headers of a proxy that speaks https are sent. */
  readonly isProxied: boolean
  /** The request that begins the session. */
  readonly write: {
    readonly url: URL
    readonly method: string
    readonly data: string | undefined
    /** Whether somebody has named it: then it has to set a cookie. */
    readonly isNamed: boolean
  }
  /** The session's cookie, where somebody has named it. */
  readonly cookie: string | undefined
  /** Another process of the application. */
  readonly node: URL | undefined
  /** Of a page that asks by `fetch`. */
  readonly origin: URL | undefined
  /** Another host that has to get the session. */
  readonly subdomain: string | undefined
  /** Whether other sites show the page in a frame. */
  readonly isFramed: boolean
  readonly takesAnyCertificate: boolean
}
