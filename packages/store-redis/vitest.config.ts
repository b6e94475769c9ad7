import { mergeConfig, type ViteUserConfig } from 'vitest/config'
import shared from '../../vitest.shared.ts'

// Most of the time goes by in waiting, for deadlines and for failovers.
const config: ViteUserConfig = mergeConfig(shared, { test: { maxWorkers: 6 } })
export default config
