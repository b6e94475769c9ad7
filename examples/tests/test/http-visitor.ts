import { createJar, type Jar, type JarCookie } from '@keepsake/testing'

/** A response; redirects are not followed. */
export interface Page {
  readonly status: number
  /** The target path of a redirect. */
  readonly location: string | undefined
  readonly headers: Headers
  readonly text: string
  /** The lines that set cookies. */
  readonly setCookie: readonly string[]
}

/** A response that is still arriving. */
export interface Stream extends Pick<Page, 'headers' | 'setCookie'> {
  /** The next piece of text; undefined at the end. */
  next(): Promise<string | undefined>
}

/** A visitor with cookies but without a browser: requests pages, and sends forms as a page of the shop does. */
export interface HttpVisitor {
  get(path: string): Promise<Page>
  /** `from` is where the form's page is, as browsers report it in `Sec-Fetch-Site`. */
  post(path: string, fields?: Readonly<Record<string, string>>, from?: 'cross-site'): Promise<Page>
  /** Only the beginning of a response. Read it to its end, because a server waits for it when it is stopped. */
  open(path: string): Promise<Stream>
  /** The `Cookie` header to send; empty without cookies. */
  cookie(): string
  cookies(): readonly JarCookie[]
  /** Replaces the session's cookie. */
  bring(token: string): void
}

export interface HttpVisitorOptions {
  /** Like a browser, one jar can serve several servers on one host: cookies are shared between ports. */
  readonly jar?: Jar
  readonly userAgent?: string | undefined
}

export function createHttpVisitor(
  url: string,
  { jar = createJar(), userAgent = 'node' }: HttpVisitorOptions = {},
): HttpVisitor {
  const cookie = (): string => jar.cookieFor(url)

  async function ask(path: string, init: RequestInit = {}, from = 'same-origin'): Promise<Response> {
    const headers = { cookie: cookie(), 'Sec-Fetch-Site': from, 'User-Agent': userAgent }
    const answer = await fetch(url + path, { ...init, headers, redirect: 'manual' })
    jar.take(url, answer.headers.getSetCookie())
    return answer
  }
  return {
    cookie,
    cookies: () => jar.cookies(url),
    bring: (token) => jar.take(url, [`__Host-session=${token}; Path=/; Secure`]),
    get: async (path) => pageOf(await ask(path)),
    post: async (path, fields = {}, from) =>
      pageOf(await ask(path, { method: 'POST', body: new URLSearchParams(fields) }, from)),
    async open(path) {
      const { headers, body } = await ask(path)
      const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
      return { headers, setCookie: headers.getSetCookie(), next: async () => (await reader?.read())?.value }
    },
  }
}

async function pageOf(answer: Response): Promise<Page> {
  const { status, headers } = answer
  const location = headers.get('Location') ?? undefined
  return { status, location, headers, setCookie: headers.getSetCookie(), text: await answer.text() }
}
