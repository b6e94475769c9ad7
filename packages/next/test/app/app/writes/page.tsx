import { getSession, withSession } from '../session.ts'

const tried = async (write: () => unknown): Promise<string> => {
  try {
    await write()
    return 'nothing was thrown'
  } catch (error) {
    return String(error)
  }
}

/** Forbidden actions of a component, and their results. */
export default async function Page() {
  const session = await getSession()
  const writes: Record<string, () => unknown> = {
    assign: () => (session.items = []),
    push: () => session.items?.push('component'),
    delete: () => delete session.items,
    login: () => session.login('eve'),
    permanent: () => (session.permanent = true),
    destroy: () => session.destroy(),
    save: () => session.save(),
    flash: () => session.flash('info', 'from a component'),
    withSession: withSession((own) => own.login('eve')),
  }
  const lines = await Promise.all(
    Object.entries(writes).map(async ([name, write]) => `${name}: ${await tried(write)}`),
  )
  session.seen?.set('component', 1)
  return (
    <ul>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  )
}
