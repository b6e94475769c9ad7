import { withSession } from '@keepsake/node-http'
import { runStoreChild } from '@keepsake/testing/child'
import { sqliteStore } from '../src/index.ts'

runStoreChild({ open: (path) => sqliteStore({ path }), listener: withSession })
