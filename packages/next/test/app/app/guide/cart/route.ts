import type { NextRequest } from 'next/server'
import { withSession } from '../session'

export const GET = withSession(async (session) => Response.json(session.cart ?? []))

export const DELETE = withSession(async (session, request: NextRequest) => {
  session.cart = session.cart?.filter((sku) => sku !== request.nextUrl.searchParams.get('sku')) ?? []
  return new Response(null, { status: 204 })
})
