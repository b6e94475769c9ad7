import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate, and the home directory of a user whose Chromium trusts its issuer. */
export interface Trusted {
  readonly home: string
  readonly key: Buffer
  readonly cert: Buffer
  remove(): void
}

/** The tools that create the certificates: OpenSSL 3, and `certutil` of NSS (Debian: libnss3-tools). */
export const missingTool = (): string | undefined =>
  [
    ['openssl', 'version'],
    ['certutil', '--version'],
  ].find(([tool = '', argument = '']) => !isThere(tool, argument))?.[0]

function isThere(tool: string, argument: string): boolean {
  try {
    execFileSync(tool, [argument], { stdio: 'ignore' })
    return true
  } catch (error) {
    // Some tools do not know the argument, and report it as an error; but then they exist.
    return (error as NodeJS.ErrnoException).code !== 'ENOENT'
  }
}

/** A certificate for a host and its subdomains, from a new authority. A browser that ignores certificate errors does not bind sessions. */
export function createTrusted(host: string): Trusted {
  const home = mkdtempSync(join(tmpdir(), 'device-bound-'))
  const run = (tool: string, ...args: readonly string[]): void =>
    void execFileSync(tool, args, { cwd: home, stdio: ['ignore', 'ignore', 'pipe'] })
  const certify = (name: string, subject: string, ...rest: readonly string[]): void => {
    const key = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      `${name}.key`,
    ]
    run(
      'openssl',
      'req',
      '-x509',
      '-days',
      '2',
      ...key,
      '-out',
      `${name}.pem`,
      '-subj',
      `/CN=${subject}`,
      ...rest,
    )
  }
  certify('authority', 'Keepsake tests')
  const leaf = [`subjectAltName=DNS:${host},DNS:*.${host}`, 'basicConstraints=CA:FALSE'].flatMap((line) => [
    '-addext',
    line,
  ])
  certify('host', host, '-CA', 'authority.pem', '-CAkey', 'authority.key', ...leaf)

  const database = join(home, '.pki/nssdb')
  mkdirSync(database, { recursive: true })
  run('certutil', '-d', `sql:${database}`, '-N', '--empty-password')
  run('certutil', '-d', `sql:${database}`, '-A', '-t', 'C,,', '-n', 'authority', '-i', 'authority.pem')
  return {
    home,
    key: readFileSync(join(home, 'host.key')),
    cert: readFileSync(join(home, 'host.pem')),
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}
