import { join } from 'node:path'
import type { NextConfig } from 'next'

const root = join(import.meta.dirname, '../../../..')
const source = (file: string): string => `../../../${file}.ts`

/** The workspace's sources are compiled into it, as packages are in an application. */
const config: NextConfig = {
  compress: false,
  turbopack: {
    root,
    resolveAlias: {
      '@keepsake/next': source('next/src/index'),
      '@keepsake/dbsc': source('dbsc/src/index'),
      '@keepsake/fetch': source('fetch/src/index'),
      '@keepsake/core': source('core/src/index'),
      '@keepsake/core/adapter': source('core/src/adapter'),
      '@keepsake/core/store': source('core/src/store'),
      '@keepsake/store-file': source('store-file/src/index'),
    },
  },
  // The package's own type check covers these files.
  typescript: { ignoreBuildErrors: true },
}
export default config
