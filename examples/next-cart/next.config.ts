import type { NextConfig } from 'next'

const config: NextConfig = {
  poweredByHeader: false,
  // Their drivers are only for who starts the shop.
  serverExternalPackages: ['pg', 'redis'],
  // `tsc -p .` reads these files, with the rules of all examples.
  typescript: { ignoreBuildErrors: true },
}
export default config
