import { defineConfig } from 'tsup'
import base from '../../tsup.config.ts'

// Its types name none of Node's.
export default defineConfig({ ...base, platform: 'browser', target: 'es2022', dts: true })
