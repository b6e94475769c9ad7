/** @type {import('next').NextConfig} */
const config = {
  poweredByHeader: false,
  // Only the process that starts the shop needs their drivers.
  serverExternalPackages: ['pg', 'redis'],
  // `tsc -p .` checks these files, with the rules of all examples.
  typescript: { ignoreBuildErrors: true },
}
export default config
