import { memoryStore, movingStore } from '@keepsake/core'
import { storeSuite } from '@keepsake/testing'

storeSuite('movingStore, where another process moves the same way', (now) => {
  const [from, to] = [memoryStore({ now }), memoryStore({ now })]
  return { store: movingStore(from, to), another: () => movingStore(from, to) }
})

storeSuite('movingStore, where another process moves the other way', (now) => {
  const [from, to] = [memoryStore({ now }), memoryStore({ now })]
  return { store: movingStore(from, to), another: () => movingStore(to, from) }
})
