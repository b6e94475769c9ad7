import { type ActionFunctionArgs, Form, type LoaderFunctionArgs, redirect, useLoaderData } from 'react-router'
import { visitContext } from '../session.ts'

export const loader = ({ context }: LoaderFunctionArgs) =>
  context.get(visitContext).session.subject ?? 'nobody'

export async function action({ request, context }: ActionFunctionArgs) {
  const { session } = context.get(visitContext)
  const user = (await request.formData()).get('user')
  // Check the password here.
  if (typeof user === 'string') session.login(user)
  else session.logout()
  return redirect('/login')
}

export default function Login() {
  return (
    <Form method="post">
      <p>{`you are ${useLoaderData<typeof loader>()}`}</p>
      <input name="user" />
    </Form>
  )
}
