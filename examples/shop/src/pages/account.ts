import type { Account } from '../accounts.ts'
import { html, type Html } from '../html.ts'
import { when } from '../when.ts'
import { layout, type Site } from './layout.ts'

export interface AccountView {
  readonly site: Site
  readonly account: Account
  readonly createdAt?: Date | undefined
  readonly expiresAt?: Date | undefined
  /** Whether the user ticked "remember me". */
  readonly permanent: boolean
}

/** `GET /account`: the private page. The app must show it to logged-in users only. */
export function accountPage({ site, account, createdAt, expiresAt, permanent }: AccountView): string {
  const body = html`<div class="narrow">
    <p class="eyebrow">Only you can see this page</p>
    <h1>Hello, ${account.username}</h1>
    <dl class="card facts">
      ${fact('Member since', when(account.since))} ${fact('This session started', when(createdAt))}
      ${fact('It expires', when(expiresAt))}
      ${fact('The browser keeps it', permanent ? 'until it expires' : 'until it closes')}
    </dl>
    <ul class="card links">
      ${link('/devices', 'Your devices', 'Where you are logged in, and how to end that')}
      ${link('/password', 'Change the password', 'Logs out every other device')}
    </ul>
    <div class="actions">
      <form method="post" action="/logout"><button>Log out</button></form>
      <form method="post" action="/logout/everywhere">
        <button class="quiet">Log out everywhere</button>
      </form>
    </div>
    <p class="hint">
      Logging out ends the session and clears its cookie, so that this page asks for the password again.
      Everywhere means every browser in which you are logged in.
    </p>
  </div>`
  return layout(site, { title: 'Account', current: 'account', kind: 'live', body })
}

const fact = (name: string, value: Html | string): Html =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`

const link = (href: string, name: string, what: string): Html =>
  html`<li>
    <a href="${href}">${name}</a>
    <span class="hint">${what}</span>
  </li>`
