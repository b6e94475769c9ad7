import { getSession } from 'example-next-cart/session'
import { liveResponse } from 'example-shop'
import type { NextRequest } from 'next/server'

/** Reading the session here does not extend it. */
export const GET = async ({ method }: NextRequest): Promise<Response> =>
  liveResponse(await getSession(), method)
