import { html, type Html } from '../html.ts'
import { shorten } from '../shorten.ts'
import { layout, type Site } from './layout.ts'

export interface CookiesView {
  readonly site: Site
  /** The received cookies, in their order: names may repeat. */
  readonly cookies: Iterable<readonly [name: string, value: string]>
  /** The name of the session's cookie, which is shown shortened and cannot be deleted here. */
  readonly sessionName?: string | undefined
  readonly rejected?: RejectedCookie | undefined
}

/** The refused input with its reason, so that the user need not type everything again. */
export interface RejectedCookie {
  readonly name: string
  readonly value: string
  readonly maxAge: string
  readonly error: string
}

/** `GET /cookies`: plain cookies. Its forms post to `/cookies/set` (name, value, maxAge) and `/cookies/delete` (name). */
export function cookiesPage({ site, cookies, sessionName, rejected }: CookiesView): string {
  const rows = [...cookies]
  const body = html`<h1>Plain cookies</h1>
    <p class="lede">
      Not everything is a session. These are the cookies your browser sent with this request, for anyone to
      read.
    </p>
    <div class="cookies">
      <div class="card">
        ${rows.length === 0 ? html`<p class="none">This request had no cookies.</p>` : table(rows, sessionName)}
      </div>
      ${form(rejected)}
    </div>`
  return layout(site, { title: 'Cookies', current: 'cookies', body })
}

const table = (rows: readonly (readonly [string, string])[], sessionName: string | undefined): Html =>
  html`<table>
    <caption>
      Cookies that came
    </caption>
    <thead>
      <tr>
        <th scope="col">Name</th>
        <th scope="col">Value</th>
        <th scope="col"><span class="unseen">Delete</span></th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(([name, value]) => row(name, value, name === sessionName))}
    </tbody>
  </table>`

const row = (name: string, value: string, isSession: boolean): Html =>
  html`<tr>
    <th scope="row"><code>${name}</code></th>
    <td><code>${isSession ? shorten(value) : value}</code></td>
    <td>${isSession ? html`<span class="tag">the session</span>` : deletion(name)}</td>
  </tr>`

const deletion = (name: string): Html =>
  html`<form method="post" action="/cookies/delete">
    <input type="hidden" name="name" value="${name}" />
    <button class="quiet small">Delete<span class="unseen"> ${name}</span></button>
  </form>`

const form = (rejected: RejectedCookie | undefined): Html =>
  html`<form class="card fields" method="post" action="/cookies/set">
    <h2>Set one</h2>
    ${rejected && html`<p class="error" role="alert">${rejected.error}</p>`}
    <div class="field">
      <label for="name">Name</label>
      <input
        id="name"
        name="name"
        value="${rejected?.name}"
        maxlength="64"
        autocapitalize="none"
        autocomplete="off"
        spellcheck="false"
        required
      />
    </div>
    <div class="field">
      <label for="value">Value</label>
      <input id="value" name="value" value="${rejected?.value}" maxlength="1024" autocomplete="off" />
    </div>
    <div class="field">
      <label for="maxAge">Lifetime in seconds</label>
      <input
        id="maxAge"
        name="maxAge"
        value="${rejected?.maxAge}"
        type="number"
        min="1"
        max="34560000"
        inputmode="numeric"
        aria-describedby="maxAge-hint"
      />
      <p class="hint" id="maxAge-hint">Leave it empty to delete the cookie when the browser closes.</p>
    </div>
    <button>Set the cookie</button>
  </form>`
