import { createJar } from '@keepsake/testing'

/** An answer, redirections not followed. */
export interface Page {
  readonly status: number
  /** The path that a redirection names. */
  readonly location: string | undefined
  readonly text: string
  /** The lines that set the session's cookie. */
  readonly setCookie: readonly string[]
}

/** Somebody with cookies, but without a browser: asks for pages, and sends forms as a page of the shop does. */
export interface HttpVisitor {
  get(path: string): Promise<Page>
  post(path: string, fields?: Readonly<Record<string, string>>): Promise<Page>
  /** The `Cookie` header that goes along; empty without cookies. */
  cookie(): string
}

/** A jar goes to several servers of one host as a browser does: cookies do not tell ports apart. */
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
