import { createJar } from '@keepsake/testing'

/** A response; redirects are not followed. */
export interface Page {
  readonly status: number
  /** The target path of a redirect. */
  readonly location: string | undefined
  readonly text: string
  /** The lines that set the session's cookie. */
  readonly setCookie: readonly string[]
}

/** A visitor with cookies but without a browser: requests pages, and sends forms as a page of the shop does. */
export interface HttpVisitor {
  get(path: string): Promise<Page>
  post(path: string, fields?: Readonly<Record<string, string>>): Promise<Page>
  /** The `Cookie` header to send; empty without cookies. */
  cookie(): string
}

/** Like a browser, one jar can serve several servers on one host: cookies are shared between ports. */
export function createHttpVisitor(url: string, jar = createJar()): HttpVisitor {
  const cookie = (): string => jar.cookieFor(url)

  async function ask(path: string, init: RequestInit = {}): Promise<Page> {
    const headers = { cookie: cookie(), 'Sec-Fetch-Site': 'same-origin' }
    const answer = await fetch(url + path, { ...init, headers, redirect: 'manual' })
    const setCookie = answer.headers.getSetCookie()
    jar.take(url, setCookie)
    const location = answer.headers.get('Location') ?? undefined
    return { status: answer.status, location, setCookie, text: await answer.text() }
  }
  return {
    cookie,
    get: (path) => ask(path),
    post: (path, fields = {}) => ask(path, { method: 'POST', body: new URLSearchParams(fields) }),
  }
}
