import { fieldOf, type RequestAccess } from '@keepsake/core/adapter'
import { type AnyRequest, headerOf } from './messages.ts'

/** Whether the request's connection is encrypted, as far as this process can tell. */
export function isEncrypted({ socket }: AnyRequest): boolean {
  return fieldOf(socket as { readonly encrypted?: boolean }, 'encrypted') === true
}

/** Frameworks that remove a mount path from the URL keep the complete URL beside it. */
export function pathOf(request: AnyRequest): string {
  const whole = fieldOf(request as { readonly originalUrl?: string }, 'originalUrl') ?? request.url
  return (whole ?? '').split('?', 1)[0] ?? ''
}

/** How to read a request of Node. */
export const REQUEST: RequestAccess<AnyRequest> = Object.freeze({
  headerOf,
  hostOf: (request: AnyRequest) => headerOf(request, ':authority') ?? headerOf(request, 'host'),
  methodOf: ({ method }: AnyRequest) => method,
  pathOf,
  fieldsOf: ({ headers }: AnyRequest) => headers,
  isEncrypted,
})
