import { fieldOf, type RequestAccess } from '@keepsake/core/adapter'
import { type AnyRequest, headerOf } from './messages.ts'

/** Whether the connection that the request came by is encrypted, as far as this process can tell. */
export function isEncrypted({ socket }: AnyRequest): boolean {
  return fieldOf(socket as { readonly encrypted?: boolean }, 'encrypted') === true
}

/** How the rules for requests read one of Node. */
export const REQUEST: RequestAccess<AnyRequest> = Object.freeze({
  headerOf,
  hostOf: (request: AnyRequest) => headerOf(request, ':authority') ?? headerOf(request, 'host'),
  methodOf: ({ method }: AnyRequest) => method,
  fieldsOf: ({ headers }: AnyRequest) => headers,
  isEncrypted,
})
