import { mergeConfig } from 'vitest/config'
import shared from '../../vitest.shared.ts'

// A build uses all processors.
export default mergeConfig(shared, { test: { fileParallelism: false } })
