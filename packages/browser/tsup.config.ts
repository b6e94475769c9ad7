import { defineConfig } from 'tsup'

// Its types name none of Node's, as those of the other packages do.
export default defineConfig({
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'browser',
  dts: true,
  sourcemap: true,
  clean: true,
})
