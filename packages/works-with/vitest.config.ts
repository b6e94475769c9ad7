import { defineConfig, mergeConfig } from 'vitest/config'
import shared from '../../vitest.shared.ts'

// Vite loads these tests: Node does not know the decorators of NestJS, nor the named exports of every CommonJS package.
export default mergeConfig(shared, defineConfig({ test: { experimental: { viteModuleRunner: true } } }))
