import { mergeConfig, type ViteUserConfig } from 'vitest/config'
import shared from '../../vitest.shared.ts'

// One runtime after another: each runs several processes.
const config: ViteUserConfig = mergeConfig(shared, { test: { fileParallelism: false } })
export default config
