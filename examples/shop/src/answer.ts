import type { MaybePromise } from '@keepsake/core/store'
import { livePageHeaders, pageHeaders } from './headers.ts'
import type { Visitor } from './storefront.ts'

/** The result of a request: a page, or a redirect with a GET. */
export type Answer = PageAnswer | { readonly seeOther: string }

export interface PageAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly page: string
  readonly seeOther?: undefined
}

/** What a route does with a visitor's session and the fields of a form, on any framework. */
export type Action = (visitor: Visitor, form: unknown) => MaybePromise<Answer>

/** A page, or the page with the error of a form. */
export const show = (page: string, status: 200 | 422 = 200): Answer => ({
  status,
  headers: pageHeaders,
  page,
})

/** A page that is notified when its session ends. */
export const showLive = (page: string): Answer => ({ status: 200, headers: livePageHeaders, page })

export const goTo = (seeOther: string): Answer => ({ seeOther })
