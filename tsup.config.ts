import { defineConfig } from 'tsup'

// `removeNodeProtocol: false` keeps `node:crypto` as written; tsup's default would strip the prefix.
export default defineConfig({
  format: ['esm', 'cjs'],
  target: 'node22',
  platform: 'node',
  dts: true,
  sourcemap: true,
  clean: true,
  removeNodeProtocol: false,
})
