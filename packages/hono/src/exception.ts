import { plainResponse } from '@keepsake/fetch'
import { HTTPException } from 'hono/http-exception'

/** A session that cannot be opened or saved. Without `onError` in the application, the error is printed as Hono prints others. */
class SessionException extends HTTPException {
  override getResponse(): Response {
    console.error(this.cause)
    return plainResponse(this.cause)
  }
}

/** An exception that Hono answers with the status of the error; one that has its own response keeps it. */
export function exceptionOf(cause: unknown): HTTPException {
  if (cause instanceof HTTPException) return cause
  const { status } = plainResponse(cause)
  return new SessionException(status as 500, { cause })
}
