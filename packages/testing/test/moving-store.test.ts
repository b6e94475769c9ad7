import { memoryStore, movingStore } from '@keepsake/core'
import { storeSuite } from '@keepsake/testing'

storeSuite('movingStore, with another process that moves in the same direction', (now) => {
  const [from, to] = [memoryStore({ now }), memoryStore({ now })]
  return { store: movingStore(from, to), another: () => movingStore(from, to) }
})

storeSuite('movingStore, with another process that moves in the opposite direction', (now) => {
  const [from, to] = [memoryStore({ now }), memoryStore({ now })]
  return { store: movingStore(from, to), another: () => movingStore(to, from) }
})
