import { memoryStore } from '@keepsake/core'
import { storeSuite } from '@keepsake/testing'

storeSuite('memoryStore', (now) => ({ store: memoryStore({ now }) }))
