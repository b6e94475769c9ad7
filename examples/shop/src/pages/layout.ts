import { html, type Html } from '../html.ts'
import { type UnderTheHood, underTheHood } from './under-the-hood.ts'

/** A message that is shown once: a success or a problem. */
export interface Notice {
  readonly category: string
  readonly message: string
}

/** What every page needs to know about the app and the visitor. */
export interface Site {
  /** The name of the server on the page: "Express", "Koa", "node:http". */
  readonly framework: string
  /** A cart app has no accounts: its navigation has no login or account link. */
  readonly scope: 'cart' | 'login'
  readonly cartCount: number
  readonly user?: string | undefined
  /** Whether the app serves /session.js, which warns before a private page's session ends. */
  readonly hasSessionScript?: boolean | undefined
  /** Flash messages, shown above the page. */
  readonly notices?: readonly Notice[] | undefined
  /** Without it, the page has no panel. */
  readonly hood?: UnderTheHood | undefined
}

export interface Page {
  readonly title: string
  readonly current?: 'books' | 'cart' | 'login' | 'account' | 'cookies'
  /** `'live'`: when its session ends, the page says so immediately and hides all private content. */
  readonly kind?: 'live'
  readonly body: Html
}

const ICON =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#8c2f2b"/><path d="M9 6h14v20l-7-6-7 6z" fill="#fbf4e6"/></svg>',
  )

const mark = html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
  <path d="M7 3h18v27l-9-7.5L7 30z" fill="currentColor" />
</svg>`

/** A complete page as text: the shop's frame around a body, and the panel below it. */
export function layout(site: Site, page: Page): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${page.title} · Marginalia</title>
        <link rel="stylesheet" href="/style.css" />
        <link rel="icon" href="${ICON}" />
        ${page.kind === 'live' && html`<script src="/live.js" defer></script>`}
        ${page.kind === 'live' && site.hasSessionScript === true && html`<script src="/session.js" type="module"></script>`}
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        ${header(site, page)}
        <main id="main" tabindex="-1">
          <div data-private>${notices(site)} ${page.body}</div>
          ${page.kind === 'live' && ended}
        </main>
        ${site.hood && underTheHood(site.hood)} ${footer(site)}
      </body>
    </html>`.toString()
}

function header(site: Site, page: Page): Html {
  const entry = (name: Page['current'], href: string, label: Html): Html =>
    html`<a href="${href}" ${page.current === name && html`aria-current="page"`}>${label}</a>`
  const badge = html`<span class="badge" ${site.cartCount === 0 && html`data-empty`}
    >${site.cartCount}<span class="unseen"> ${site.cartCount === 1 ? 'book' : 'books'}</span></span
  >`
  return html`<header class="masthead">
    <a class="brand" href="/">${mark}<span>Marginalia</span></a>
    <nav aria-label="Shop">
      ${entry('books', '/', html`Books`)} ${entry('cart', '/cart', html`Cart ${badge}`)}
      ${entry('cookies', '/cookies', html`Cookies`)}
      ${site.scope === 'login' && site.user !== undefined && html`<span data-private>${entry('account', '/account', html`Account`)}</span>`}
    </nav>
    ${site.scope === 'login' && html`<div class="visitor" data-private>${visitor(site.user, page)}</div>`}
    <p class="served">
      served by <b>${site.framework}</b>
      ${site.hood && html`<span data-private>· <a href="#hood">under the hood</a></span>`}
    </p>
  </header>`
}

function visitor(user: string | undefined, page: Page): Html {
  if (user === undefined)
    return html`<a class="quiet button" href="/login" ${page.current === 'login' && html`aria-current="page"`}
      >Log in</a
    >`
  return html`<span class="who"><span class="unseen">Logged in as </span>${user}</span>
    <form method="post" action="/logout"><button class="quiet">Log out</button></form>`
}

const notices = ({ notices = [] }: Site): Html | false =>
  notices.length > 0 &&
  html`<div class="notices" role="status">
    ${notices.map(({ category, message }) => html`<p ${category === 'problem' && html`class="problem"`}>${message}</p>`)}
  </div>`

/** The content that replaces a page whose session has ended. */
const ended = html`<div class="narrow ended" id="ended" role="alert" tabindex="-1" hidden>
  <h2>You are logged out here</h2>
  <p class="lede">
    This session has ended: from another device or tab, or because its time was up. What was on this page is
    gone from it.
  </p>
  <p><a class="button" href="/login">Log in again</a></p>
</div>`

const footer = (site: Site): Html =>
  html`<footer class="colophon">
    <p>
      Marginalia is a make-believe bookshop: nothing here can be bought. Its sessions are real, kept by
      Keepsake on ${site.framework}.
    </p>
  </footer>`
