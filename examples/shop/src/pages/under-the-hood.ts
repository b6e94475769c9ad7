import type { CloseReason, Explanation, OpenReason } from '@keepsake/core'
import { anatomyOf } from '../anatomy.ts'
import { html, type Html } from '../html.ts'
import { explainClosed, explainOpened, explainSentBy, type Where } from '../reasons.ts'
import { shorten, shortenSetCookie } from '../shorten.ts'
import { when } from '../when.ts'
import { anatomyBar } from './anatomy-bar.ts'
import { storedCard } from './stored-card.ts'
import { type Stories, stories } from './stories.ts'

/** What a response does to the session's cookie, and why. */
interface Outcome {
  readonly reason: CloseReason
  /** The Set-Cookie line, if there is one. Its value is shortened before it is shown. */
  readonly setCookie?: string | undefined
}

/** The inside of one request. The cookie and the data need not be valid: the panel shows them as they are. */
export interface UnderTheHood extends Stories {
  readonly mode: Where
  readonly cookieName: string
  /** The unchanged value; undefined if there was none. Only a part of it is shown. */
  readonly cookieValue?: string | undefined
  /** The session's data after opening. */
  readonly data: unknown
  /** The `Sec-Fetch-Site` header: where the browser says the request comes from. */
  readonly sentBy?: string | undefined
  readonly createdAt?: Date | undefined
  readonly expiresAt?: Date | undefined
  /** Whether the session comes from the device that it is bound to. */
  readonly bound?: boolean | 'pending' | undefined
  /** Whether the cookie survives closing the browser. */
  readonly permanent: boolean
  readonly logoutEnds?: Explanation['logoutEnds'] | undefined
  /** How the session was opened. */
  readonly opened: OpenReason
  /** What closing the session now would do. The library decides only after the page has been rendered. */
  readonly decision: Outcome
}

const LONGEST_DATA = 4000
const LONGEST_WORD = 40

/** The live tutorial below a page: the received cookie, its parts, the server's view, and the response. */
export const underTheHood = (view: UnderTheHood): Html =>
  html`<aside class="hood" id="hood" aria-label="Under the hood" tabindex="-1" data-private>
    <details open>
      <summary>
        <span class="hood-title">Under the hood</span>
        <span class="hood-sub">what your session did in this request</span>
      </summary>
      <ol class="steps">
        ${step('The cookie received', cameIn(view))} ${step('What it is made of', madeOf(view))}
        ${step('What the server sees', seen(view))} ${step('What is sent back', goesOut(view))}
      </ol>
      ${stories(view)}
    </details>
  </aside>`

const step = (title: string, body: Html): Html =>
  html`<li>
    <h2>${title}</h2>
    ${body}
  </li>`

const code = (reason: string): Html => html`<code class="reason">${reason}</code>`

function cameIn({ cookieName, cookieValue, opened, mode, sentBy }: UnderTheHood): Html {
  const line =
    cookieValue === undefined
      ? html`<p class="wire none">no cookie</p>`
      : html`<p class="wire"><b>Cookie:</b> ${cookieName}=${shorten(cookieValue)}</p>`
  return html`${line}
    <p>${code(opened)} ${explainOpened(opened, mode)}</p>
    ${
      sentBy !== undefined &&
      html`<p class="wire"><b>Sec-Fetch-Site:</b> ${sentBy.slice(0, LONGEST_WORD)}</p>
        <p>${explainSentBy(sentBy)}</p>`
    }`
}

function madeOf({ mode, cookieValue, opened }: UnderTheHood): Html {
  if (cookieValue !== undefined) {
    const anatomy = anatomyOf(cookieValue)
    return mode === 'cookie' ? anatomyBar(anatomy) : storedCard(anatomy, opened)
  }
  return mode === 'cookie'
    ? html`<p>Nothing yet. Once the session contains data, it is sealed into this cookie.</p>`
    : html`<p>
        Nothing yet. Once the session holds something, random bytes travel here and the store keeps the data.
      </p>`
}

const seen = (view: UnderTheHood): Html =>
  html`<pre tabindex="0" aria-label="Session data">${jsonOf(view.data)}</pre>
    <dl class="times">
      ${view.subject !== undefined && fact('logged in', view.subject)}
      ${fact('created', when(view.createdAt))} ${fact('expires', when(view.expiresAt))}
      ${fact('kept', keptOf(view))}
      ${view.logoutEnds !== undefined && fact('a logout ends', LOGOUT_ENDS[view.logoutEnds])}
      ${view.bound !== undefined && view.bound !== false && fact('device', DEVICE[view.bound === true ? 'bound' : 'pending'])}
    </dl>`

const DEVICE = { bound: 'bound to this device', pending: 'the browser may register a key' } as const

function keptOf({ createdAt, permanent }: UnderTheHood): string {
  if (createdAt === undefined) return '–'
  return permanent ? 'permanent: after the browser closes, too' : 'until the browser closes'
}

const LOGOUT_ENDS: Readonly<Record<Explanation['logoutEnds'], string>> = {
  every_copy: 'the session, and every copy of its cookie',
  browser_cookie: 'the cookie in this browser; a copy of it stays valid until it expires',
}

const fact = (name: string, value: Html | string): Html =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`

// Objects without nested objects fit on one line each, which keeps a cart readable. JSON escapes line breaks
// inside a text as \\n, so only its layout is changed.
// The session may contain values that JSON cannot represent; the panel must not fail on them.
function jsonOf(data: unknown): string {
  try {
    const text = JSON.stringify(data, undefined, 2) as string | undefined
    if (text === undefined) return 'nothing'
    const short = text.replace(/\{[^{}[\]]*\}/g, (flat) => flat.replace(/\s*\n\s*/g, ' '))
    return short.length > LONGEST_DATA ? `${short.slice(0, LONGEST_DATA)}\n…` : short
  } catch {
    return 'not JSON'
  }
}

const goesOut = ({ mode, decision: { reason, setCookie } }: UnderTheHood): Html =>
  html`<div class="outcome">
    <h3>If the session were closed now</h3>
    <p>${code(reason)} ${explainClosed(reason, mode)}</p>
    ${
      setCookie === undefined
        ? html`<p class="wire none">no Set-Cookie: the browser keeps its cookie</p>`
        : html`<p class="wire"><b>Set-Cookie:</b> ${shortenSetCookie(setCookie)}</p>`
    }
  </div>`
