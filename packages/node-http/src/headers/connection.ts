import { fieldOf, type RequestAccess } from '@keepsake/core/adapter'
import { type AnyRequest, headerOf } from './messages.ts'

/** Whether the request's connection is encrypted, as far as this process can tell. */
export function isEncrypted({ socket }: AnyRequest): boolean {
  return fieldOf(socket as { readonly encrypted?: boolean }, 'encrypted') === true
}

/** How to read a request of Node. */
export const REQUEST: RequestAccess<AnyRequest> = Object.freeze({
  headerOf,
  hostOf: (request: AnyRequest) => headerOf(request, ':authority') ?? headerOf(request, 'host'),
  methodOf: ({ method }: AnyRequest) => method,
  fieldsOf: ({ headers }: AnyRequest) => headers,
  isEncrypted,
})
