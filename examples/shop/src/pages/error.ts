import { html } from '../html.ts'
import { layout, type Site } from './layout.ts'

export interface ErrorView {
  readonly site: Site
  readonly status: number
  /** Shown to the visitor: pass no exception's text. */
  readonly message?: string | undefined
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'That request made no sense',
  403: 'That page is not for you',
  404: 'This page is missing',
  405: 'That is not done here',
  409: 'You have logged in or out meanwhile',
  413: 'That was too much at once',
}

const MESSAGES: Readonly<Record<number, string>> = {
  404: 'Perhaps somebody borrowed it. The other books are where they were.',
  409: 'So this was not saved. Please load the page again.',
}

/** Any answer that is not a page of the shop: 404 and the rest of the 4xx and 5xx. */
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
