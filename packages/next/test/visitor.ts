const NAME = '__Host-session'

/** The hidden fields that Next adds to the forms of actions. */
const ACTION = /name="(\$ACTION[^"]*)"(?: value="([^"]*)")?/g

/** A response whose body has been read. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** The text of a page without its tags, or the body. */
  readonly text: string
  readonly html: string
}

/** A browser without scripts: it keeps the session's cookie, and sends forms. */
export class Visitor {
  readonly #url: string
  cookie: string | undefined

  constructor(url: string, cookie?: string) {
    this.#url = url
    this.cookie = cookie
  }

  async ask(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = new Headers(init.headers)
    if (!headers.has('Origin')) headers.set('Origin', this.#url)
    if (this.cookie !== undefined) headers.set('Cookie', `${NAME}=${this.cookie}`)
    const response = await fetch(new URL(path, this.#url), { redirect: 'manual', ...init, headers })
    for (const line of linesOf(response.headers)) this.cookie = valueOf(line)
    const html = await response.text()
    return { status: response.status, headers: response.headers, html, text: textOf(html) }
  }

  /** Sends the form that contains this text, as a browser does before the scripts are loaded. */
  async submit(path: string, mark: string, fields: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const { html } = await this.ask(path)
    const body = formIn(html, mark)
    for (const [name, value] of Object.entries(fields)) body.append(name, value)
    return this.ask(path, { method: 'POST', body })
  }

  act(id: string, fields?: Readonly<Record<string, string>>): Promise<Answer> {
    return this.submit('/actions', `id="${id}"`, fields)
  }

  async items(): Promise<readonly string[]> {
    const { text } = await this.ask('/api')
    return (JSON.parse(text) as { readonly items: string[] }).items
  }
}

/** The fields that the form of a page that contains this text sends. */
export function formIn(html: string, mark: string): FormData {
  const form = html.split('</form>').find((text) => text.slice(text.lastIndexOf('<form')).includes(mark))
  const body = new FormData()
  for (const [, name = '', value = ''] of (form ?? '').slice(form?.lastIndexOf('<form')).matchAll(ACTION))
    body.append(name, value.replaceAll('&quot;', '"').replaceAll('&amp;', '&'))
  return body
}

/** The lines that set the session's cookie. */
export const linesOf = (headers: Headers): readonly string[] =>
  headers.getSetCookie().filter((line) => line.startsWith(`${NAME}=`))

const valueOf = (line: string): string | undefined => /=([^;]+)/.exec(line.split('; ')[0] ?? '')?.[1]

export const textOf = (html: string): string =>
  html
    .replaceAll(/<script.*?<\/script>/gs, '')
    .replaceAll(/<!--.*?-->/gs, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/ +/g, ' ')
