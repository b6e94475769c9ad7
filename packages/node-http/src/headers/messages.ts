import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse, ServerHttp2Stream } from 'node:http2'
import { fieldOf } from '@keepsake/core/adapter'

/** A request of `node:http`, `node:https` or the compatibility API of `node:http2`. */
export type AnyRequest = IncomingMessage | Http2ServerRequest

/** A request header, by its name in lower case. Nothing is read from the prototype of Node's headers object. */
export const headerOf = ({ headers }: AnyRequest, name: string): string | string[] | undefined =>
  Object.hasOwn(headers, name) ? headers[name] : undefined

/** A response of `node:http`, `node:https` or the compatibility API of `node:http2`. */
export type AnyResponse = ServerResponse | Http2ServerResponse

/** The stream that HTTP/2 sends a response on; undefined on HTTP/1. */
export const streamOf = (response: AnyResponse): ServerHttp2Stream | undefined =>
  fieldOf(response as Partial<Http2ServerResponse>, 'stream')

/**
 * Whether there is a response at all: without one, as in an upgrade, callers of middleware pass an empty
 * object.
 */
export const isResponse = (given: unknown): given is AnyResponse =>
  typeof (given as Partial<AnyResponse> | undefined)?.on === 'function'
