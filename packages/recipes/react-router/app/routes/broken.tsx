import type { LoaderFunctionArgs } from 'react-router'
import { visitContext } from '../session.ts'

export function loader({ context }: LoaderFunctionArgs): never {
  context.get(visitContext).session.note = 'kept'
  throw new Error('a loader that throws')
}

export default function Broken() {
  return null
}
