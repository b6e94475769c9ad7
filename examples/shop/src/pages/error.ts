import { html } from '../html.ts'
import { layout, type Site } from './layout.ts'

export interface ErrorView {
  readonly site: Site
  readonly status: number
  /** Shown to the visitor: do not pass an exception's text. */
  readonly message?: string | undefined
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'The server could not understand that request',
  403: 'You cannot do that from here',
  404: 'This page is missing',
  405: 'This page does not allow that',
  409: 'You have logged in or out in the meantime',
  413: 'That was too much data',
}

const MESSAGES: Readonly<Record<number, string>> = {
  404: 'Perhaps someone borrowed it. The other books are still on the shelf.',
  409: 'Therefore nothing was saved. Please reload the page.',
}

/** The page for every error status. */
export function errorPage({ site, status, message }: ErrorView): string {
  const title = TITLES[status] ?? 'Something went wrong on our side'
  const body = html`<div class="narrow error-page">
    <p class="numeral" aria-hidden="true">${status}</p>
    <h1>${title}</h1>
    <p class="lede">${message ?? MESSAGES[status] ?? 'Please try again in a moment.'}</p>
    <p><a class="button" href="/">Back to the books</a></p>
  </div>`
  return layout(site, { title, body })
}
