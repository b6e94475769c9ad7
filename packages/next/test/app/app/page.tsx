import { getSession } from './session.ts'

export default async function Page() {
  const [one, other] = await Promise.all([getSession(), getSession()])
  const { subject = 'nobody', items = [] } = one
  return (
    <main>
      {one === other ? 'one' : 'two'} session of {subject}: {items.join(' ') || 'nothing'}.
      <Deeper />
    </main>
  )
}

async function Deeper() {
  const { items = [] } = await getSession()
  return <p>deeper: {items.length}</p>
}
