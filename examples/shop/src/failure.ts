import { CrossOriginError } from '@keepsake/core'
import { CartFullError } from './session.ts'

const FOREIGN_FORM =
  'That form was not sent by a page of this shop, so nothing was done. If you sent it, please go back and try again from here.'

/** The message to a visitor whose request failed. */
export interface Failure {
  readonly status: number
  readonly message?: string | undefined
}

/**
 * The response to an error of a handler, a body parser or the library. Express, Koa, their parsers and Keepsake set a
 * `status` on their errors, Fastify a `statusCode`. A 4xx is the client's fault; any other error is ours, and is logged.
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof CartFullError) return { status: error.status, message: error.message }
  if (error instanceof CrossOriginError) return { status: error.status, message: FOREIGN_FORM }
  const status = statusOf(error)
  const isStatus = typeof status === 'number' && status >= 400 && status < 600
  if (isStatus && status < 500) return { status }
  console.error(error)
  return { status: isStatus ? status : 500 }
}

function statusOf(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return undefined
  const { status, statusCode } = error as { readonly status?: unknown; readonly statusCode?: unknown }
  return status ?? statusCode
}
