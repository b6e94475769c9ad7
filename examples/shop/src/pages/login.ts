import { DEMO } from '../accounts.ts'
import { html } from '../html.ts'
import { layout, type Site } from './layout.ts'

export interface LoginView {
  readonly site: Site
  /** The last input, so that a wrong password does not discard the name. */
  readonly username?: string | undefined
  readonly error?: string | undefined
}

/** `GET /login`, and the response to a failed `POST /login` (username, password, remember=yes). */
export function loginPage({ site, username = '', error }: LoginView): string {
  const body = html`<div class="narrow">
    <h1>Welcome back</h1>
    <p class="lede">Your cart is kept: logging in changes the session’s id, but not your cart.</p>
    <form class="card fields" method="post" action="/login">
      ${error !== undefined && html`<p class="error" id="error" role="alert">${error}</p>`}
      <div class="field">
        <label for="username">Username</label>
        <input
          id="username"
          name="username"
          value="${username}"
          autocomplete="username"
          autocapitalize="none"
          spellcheck="false"
          maxlength="32"
          required
          ${error !== undefined && html`aria-describedby="error"`}
        />
      </div>
      <div class="field">
        <label for="password">Password</label>
        <input
          id="password"
          name="password"
          type="password"
          autocomplete="current-password"
          maxlength="256"
          required
        />
      </div>
      <label class="check">
        <input type="checkbox" name="remember" value="yes" />
        <span>Remember me <small>The cookie survives closing the browser.</small></span>
      </label>
      <button>Log in</button>
    </form>
    <p class="demo">
      To try it: username <code>${DEMO.username}</code>, password <code>${DEMO.password}</code>.
      ${new Intl.ListFormat('en').format(DEMO.others)} have the same password.
    </p>
  </div>`
  return layout(site, { title: 'Log in', current: 'login', body })
}
