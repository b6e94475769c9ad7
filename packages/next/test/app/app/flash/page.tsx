import { getSession } from '../session.ts'

export default async function Page() {
  const session = await getSession()
  return <p>{`messages: ${session.flash('info').join(' ') || 'none'}`}</p>
}
