/** @type {import('next').NextConfig} */
const config = {
  poweredByHeader: false,
  // Their drivers are only for who starts the shop.
  serverExternalPackages: ['pg', 'redis'],
  // `tsc -p .` reads these files, with the rules of all examples.
  typescript: { ignoreBuildErrors: true },
}
export default config
