import type { LoaderFunctionArgs } from 'react-router'
import { visitContext } from '../session.ts'

export function loader({ context }: LoaderFunctionArgs): never {
  context.get(visitContext).session.note = 'kept'
  throw new Error('this loader always fails')
}

export default function Broken() {
  return null
}
