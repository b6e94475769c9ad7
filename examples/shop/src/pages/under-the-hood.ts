import type { CloseReason, OpenReason } from '@keepsake/core'
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
  /** The Set-Cookie line; left out when there is none. Its value is shortened before it is shown. */
  readonly setCookie?: string | undefined
}

/** One request, seen from the inside. The cookie and the data need not be well-formed: the panel shows what it gets. */
export interface UnderTheHood extends Stories {
  readonly mode: Where
  readonly cookieName: string
  /** As it came, untouched; undefined when none came. Shown only in part. */
  readonly cookieValue?: string | undefined
  /** The session's data after opening. */
  readonly data: unknown
  /** The `Sec-Fetch-Site` header: who the browser says made the request. */
  readonly sentBy?: string | undefined
  readonly createdAt?: Date | undefined
  readonly expiresAt?: Date | undefined
  /** Whether the cookie outlives the browser. */
  readonly permanent: boolean
  /** How the visit began. */
  readonly opened: OpenReason
  /** What closing the session now would do. The library decides only after the page has been rendered. */
  readonly decision: Outcome
}

const LONGEST_DATA = 4000
const LONGEST_WORD = 40

/** The live tutorial below a page: what came, what it is made of, what the server sees, what goes. */
export const underTheHood = (view: UnderTheHood): Html =>
  html`<aside class="hood" id="hood" aria-label="Under the hood" tabindex="-1" data-private>
    <details open>
      <summary>
        <span class="hood-title">Under the hood</span>
        <span class="hood-sub">what your session did in this request</span>
      </summary>
      <ol class="steps">
        ${step('The cookie that came', cameIn(view))} ${step('What it is made of', madeOf(view))}
        ${step('What the server sees', seen(view))} ${step('What goes back', goesOut(view))}
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
      ? html`<p class="wire none">no cookie came</p>`
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
    ? html`<p>Nothing yet. Once the session holds something, it travels in here, sealed.</p>`
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
    </dl>`

function keptOf({ createdAt, permanent }: UnderTheHood): string {
  if (createdAt === undefined) return '–'
  return permanent ? 'permanent: after the browser closes, too' : 'until the browser closes'
}

const fact = (name: string, value: Html | string): Html =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`

// Objects without further ones in them fit on a line each, which keeps a cart readable. JSON writes a line break
// inside a text as \\n, so only its own layout is touched.
// The session may hold what JSON cannot say, and a tutorial must not be what breaks the page.
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
    <h3>Closing the session now does this</h3>
    <p>${code(reason)} ${explainClosed(reason, mode)}</p>
    ${
      setCookie === undefined
        ? html`<p class="wire none">no Set-Cookie: the browser’s cookie stays as it is</p>`
        : html`<p class="wire"><b>Set-Cookie:</b> ${shortenSetCookie(setCookie)}</p>`
    }
  </div>`
