import { defineConfig } from 'tsup'

// Unlike those of the other packages, its types use none of Node's.
export default defineConfig({
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'browser',
  dts: true,
  sourcemap: true,
  clean: true,
})
