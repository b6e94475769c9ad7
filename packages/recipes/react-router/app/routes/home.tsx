import { type ActionFunctionArgs, Form, type LoaderFunctionArgs, redirect, useLoaderData } from 'react-router'
import { visitContext } from '../session.ts'

export function loader({ context }: LoaderFunctionArgs) {
  const { session } = context.get(visitContext)
  session.visits = (session.visits ?? 0) + 1
  return { visits: session.visits, note: session.note }
}

export async function action({ request, context }: ActionFunctionArgs) {
  const note = (await request.formData()).get('note')
  if (typeof note === 'string') context.get(visitContext).session.note = note
  return redirect('/')
}

export const headers = () => ({ 'Cache-Control': 'public, max-age=60' })

export default function Home() {
  const { visits, note } = useLoaderData<typeof loader>()
  return (
    <Form method="post">
      <p>{`visit ${visits}, note ${note ?? 'none'}`}</p>
      <input name="note" />
    </Form>
  )
}
