import type { LoaderFunctionArgs } from 'react-router'
import { visitContext } from '../session.ts'

export function loader({ context }: LoaderFunctionArgs): Response {
  context.get(visitContext).session.note = 'x'.repeat(5_000_000)
  return new Response('all is well', { headers: { 'X-Page': 'yes' } })
}
