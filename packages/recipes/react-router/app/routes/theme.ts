import { createCookie, type LoaderFunctionArgs } from 'react-router'
import { visitContext } from '../session.ts'

const theme = createCookie('theme')

export async function loader({ context }: LoaderFunctionArgs): Promise<Response> {
  context.get(visitContext).session.note = 'dark'
  return new Response('dark', { headers: { 'Set-Cookie': await theme.serialize('dark'), 'X-Page': 'yes' } })
}
