import { mergeConfig } from 'vitest/config'
import shared from '../../vitest.shared.ts'

// Next.js reads objects that its server has set on the global object, so no other test may have loaded it before.
export default mergeConfig(shared, { test: { isolate: true, globalSetup: './test/build.ts' } })
