import { getSession, withSession } from '../session.ts'
import * as actions from './actions.ts'

/** An action that is defined next to its component. */
async function addInline() {
  'use server'
  await withSession((session) => (session.items ??= []).push('inline'))()
}

export default async function Page() {
  const { subject = 'nobody', items = [] } = await getSession()
  const { add, ...others } = actions

  return (
    <main>
      {`${subject} has ${items.join(' ') || 'nothing'}.`}
      <form id="add" action={add}>
        <input name="item" />
      </form>
      <form id="addInline" action={addInline} />
      {Object.entries(others).map(([name, action]) => (
        <form key={name} id={name} action={action} />
      ))}
    </main>
  )
}
