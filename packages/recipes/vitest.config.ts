import { mergeConfig } from 'vitest/config'
import shared from '../../vitest.shared.ts'

// A build takes as many processors as there are.
export default mergeConfig(shared, { test: { fileParallelism: false } })
