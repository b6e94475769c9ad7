import { getSession } from '../session.ts'
import * as actions from './actions.ts'

export default async function Page() {
  const { bound, items = ['nothing'], subject = 'nobody' } = await getSession()
  return (
    <main>
      {`a component sees ${subject}: ${bound}. an action saw ${items.join()}.`}
      {Object.entries(actions).map(([name, action]) => (
        <form key={name} id={name} action={action} />
      ))}
    </main>
  )
}
