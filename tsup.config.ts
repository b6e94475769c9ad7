import { defineConfig } from 'tsup'

// The types name Node's own, which `tsc --init` leaves out unless somebody refers to them.
// `removeNodeProtocol: false` keeps `node:crypto` as written; tsup's default would strip the prefix.
export default defineConfig({
  format: ['esm', 'cjs'],
  target: 'node22',
  platform: 'node',
  dts: { banner: '/// <reference types="node" />' },
  sourcemap: true,
  clean: true,
  removeNodeProtocol: false,
})
