import { STATUS_CODES } from 'node:http'
import { fieldOf } from '@keepsake/core/adapter'
import type { AnyRequest, AnyResponse } from '../headers/messages.ts'

/** The default error response: the status in plain text, and the error on standard error. */
export function failPlainly(error: unknown, _request: AnyRequest, response: AnyResponse): void {
  console.error(error)
  answerPlainly(response, statusOf(error))
}

/** Responds with a status and its name in plain text; does nothing if a response has begun. */
export function answerPlainly(response: AnyResponse, status: number): void {
  if (response.headersSent || response.destroyed) return
  response.statusCode = status
  response.setHeader('Content-Type', 'text/plain; charset=utf-8')
  response.end(STATUS_CODES[status] ?? '')
}

/** The error's own status, such as the store's; otherwise 500. */
function statusOf(error: unknown): number {
  const isObject = typeof error === 'object' && error !== null
  const status = isObject ? fieldOf(error as { readonly status?: unknown }, 'status') : undefined
  return typeof status === 'number' && Object.hasOwn(STATUS_CODES, status) ? status : 500
}
