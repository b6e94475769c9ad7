import { mergeConfig } from 'vitest/config'
import shared from '../../vitest.shared.ts'

// Next.js looks for what its server has put on the global object, so no other test may have loaded it before.
export default mergeConfig(shared, { test: { isolate: true, globalSetup: './test/build.ts' } })
