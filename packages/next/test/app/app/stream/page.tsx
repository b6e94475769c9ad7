import { Suspense } from 'react'
import { getSession } from '../session.ts'

export default function Page() {
  return (
    <Suspense fallback={<p>waiting</p>}>
      <Slow />
    </Suspense>
  )
}

async function Slow() {
  await new Promise((resolve) => setTimeout(resolve, 20))
  const { items = [] } = await getSession()
  return <p>{`streamed ${items.join(' ')}`}</p>
}
