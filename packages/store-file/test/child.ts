import { withSession } from '@keepsake/node-http'
import { runStoreChild } from '@keepsake/testing/child'
import { fileStore } from '../src/index.ts'

runStoreChild({ open: (place) => fileStore({ directory: place }), listener: withSession })
