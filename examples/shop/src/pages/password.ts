import { PASSWORD_LENGTH } from '../accounts.ts'
import { html, type Html } from '../html.ts'
import { layout, type Site } from './layout.ts'

/** Which password the form asks for: the current one, because the login is long ago, or the new one. */
export type PasswordAsked = 'current' | 'new'

export interface PasswordView {
  readonly site: Site
  readonly asked: PasswordAsked
  readonly error?: string | undefined
}

/** `GET /password`, and the response to a failed form: it posts `password` to `/password/confirm` or `/password`. */
export function passwordPage({ site, asked, error }: PasswordView): string {
  const { action, title, lede, label, autocomplete, button } = TEXTS[asked]
  const body = html`<div class="narrow">
    <p class="eyebrow"><a href="/account">Your account</a></p>
    <h1>${title}</h1>
    <p class="lede">${lede}</p>
    <form class="card fields" method="post" action="${action}">
      ${error !== undefined && html`<p class="error" id="error" role="alert">${error}</p>`}
      <input name="username" value="${site.user}" autocomplete="username" hidden />
      <div class="field">
        <label for="password">${label}</label>
        <input
          id="password"
          name="password"
          type="password"
          autocomplete="${autocomplete}"
          maxlength="${PASSWORD_LENGTH.max}"
          required
          ${described(asked, error)}
        />
        ${asked === 'new' && html`<p class="hint" id="rule">At least ${PASSWORD_LENGTH.min} characters. A sentence is good.</p>`}
      </div>
      <button>${button}</button>
    </form>
  </div>`
  return layout(site, { title, current: 'account', body })
}

function described(asked: PasswordAsked, error: string | undefined): Html | false {
  const ids = [error !== undefined && 'error', asked === 'new' && 'rule'].filter((id) => id !== false)
  return ids.length > 0 && html`aria-describedby="${ids.join(' ')}"`
}

const TEXTS = {
  current: {
    action: '/password/confirm',
    title: 'Is it you?',
    lede: 'Your last login was a while ago, and someone else may be using this browser. Please enter your current password before you change it. Your cart is not affected.',
    label: 'Password',
    autocomplete: 'current-password',
    button: 'Go on',
  },
  new: {
    action: '/password',
    title: 'Change the password',
    lede: 'You stay logged in here. Every other device is logged out.',
    label: 'New password',
    autocomplete: 'new-password',
    button: 'Change the password',
  },
} as const
