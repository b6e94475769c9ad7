import type { MaybePromise } from '@keepsake/core/store'
import { livePageHeaders, pageHeaders } from './headers.ts'
import type { Visitor } from './storefront.ts'

/** What comes of a request: a page, or where the visitor goes next by a GET. */
export type Answer = PageAnswer | { readonly seeOther: string }

export interface PageAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly page: string
  readonly seeOther?: undefined
}

/** What one route does with a visitor's session and the fields of a form, whatever the framework. */
export type Action = (visitor: Visitor, form: unknown) => MaybePromise<Answer>

/** A page, or the one that says what was wrong with a form. */
export const show = (page: string, status: 200 | 422 = 200): Answer => ({
  status,
  headers: pageHeaders,
  page,
})

/** A page that hears of the end of its session. */
export const showLive = (page: string): Answer => ({ status: 200, headers: livePageHeaders, page })

export const goTo = (seeOther: string): Answer => ({ seeOther })
