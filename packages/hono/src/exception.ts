import { plainResponse } from '@keepsake/fetch'
import { HTTPException } from 'hono/http-exception'

/** A session that cannot be opened or saved. Where the application has no `onError`, the error is printed as Hono prints others. */
class SessionException extends HTTPException {
  override getResponse(): Response {
    console.error(this.cause)
    return plainResponse(this.cause)
  }
}

/** What Hono answers with the status that an error has; one that is thrown with a response of its own stays. */
export function exceptionOf(cause: unknown): HTTPException {
  if (cause instanceof HTTPException) return cause
  const { status } = plainResponse(cause)
  return new SessionException(status as 500, {
    cause,
    message: cause instanceof Error ? cause.message : String(cause),
  })
}
