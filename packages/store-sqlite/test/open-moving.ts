import { movingStore, type Store } from '@keepsake/core'
import { sqliteStore } from '../src/index.ts'

/** Two databases that sessions move between: `on` to the second one, or `back` to the first. */
export function openMoving(path: string, way: 'on' | 'back'): Store {
  const [first, second] = [sqliteStore({ path }), sqliteStore({ path: `${path}.next` })]
  return way === 'on' ? movingStore(first, second) : movingStore(second, first)
}
