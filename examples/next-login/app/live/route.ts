import { getSession } from 'example-next-cart/session'
import { liveResponse } from 'example-shop'
import type { NextRequest } from 'next/server'

/** To read the session is no use of it. */
export const GET = async ({ method }: NextRequest): Promise<Response> =>
  liveResponse(await getSession(), method)
