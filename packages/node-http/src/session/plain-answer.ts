import { STATUS_CODES } from 'node:http'
import { fieldOf } from '@keepsake/core/adapter'
import type { AnyRequest, AnyResponse } from '../headers/messages.ts'

/** Answers an error where no framework has a way of its own: its status in plain text, and the error on standard error. */
export function failPlainly(error: unknown, _request: AnyRequest, response: AnyResponse): void {
  console.error(error)
  answerPlainly(response, statusOf(error))
}

/** Answers with a status, named in plain text; nothing where an answer is under way. */
export function answerPlainly(response: AnyResponse, status: number): void {
  if (response.headersSent || response.destroyed) return
  response.statusCode = status
  response.setHeader('Content-Type', 'text/plain; charset=utf-8')
  response.end(STATUS_CODES[status] ?? '')
}

/** What the error says itself, as those of the store do; else 500. */
function statusOf(error: unknown): number {
  const isObject = typeof error === 'object' && error !== null
  const status = isObject ? fieldOf(error as { readonly status?: unknown }, 'status') : undefined
  return typeof status === 'number' && Object.hasOwn(STATUS_CODES, status) ? status : 500
}
