import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { keepsake } from '../support.ts'

/** The result of the command, as it prints it with `--json`. */
export interface Report {
  readonly code: number
  /** Codes of the faults. */
  readonly faults: readonly string[]
  readonly unclear: readonly string[]
  readonly works: readonly string[]
  readonly limits: readonly string[]
  /** The complete output. */
  readonly text: string
  readonly library: string | undefined
  readonly findings: readonly Found[]
}

export interface Found {
  readonly kind: 'fault' | 'unclear' | 'works' | 'limit'
  readonly code: string
  readonly says: string
  readonly why?: string
  readonly write?: readonly string[]
  readonly docs: string
}

/** Runs the command, with its output for programs. */
export async function doctor(...args: readonly string[]): Promise<Report> {
  const { code, out, error } = await keepsake(['doctor', '--json', ...args], { cwd: '.' })
  if (error !== '') throw new Error(error)
  const json = JSON.parse(out) as {
    readonly cookie: { readonly library: string } | null
    readonly findings: readonly Found[]
  }
  const codes = (kind: Found['kind']) =>
    json.findings.filter((one) => one.kind === kind).map((one) => one.code)
  return {
    code,
    faults: codes('fault'),
    unclear: codes('unclear'),
    works: codes('works'),
    limits: codes('limit'),
    text: JSON.stringify(json),
    library: json.cookie?.library,
    findings: json.findings,
  }
}

/** The lines to write of one finding. */
export const linesOf = ({ findings }: Report, code: string): string =>
  findings.find((finding) => finding.code === code)?.write?.join('\n') ?? ''

export type Listener = (...args: Parameters<RequestListener>) => unknown

/** Serves the application until the test ends; returns its URL with the host `localhost`. */
export async function serve(listener: Listener): Promise<string> {
  const server = createServer((request, response) => void listener(request, response))
  // Listens on IPv4 and IPv6: resolvers may return either first.
  server.listen(0, 'localhost')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

/** A page that counts visits by an id in a cookie, whose `Set-Cookie` line the test chooses. */
export function counting(line: (id: string) => string | readonly string[], name = 'sid'): Listener {
  const visits = new Map<string, number>()
  let made = 0
  return (request, response) => {
    const came = new RegExp(`(?:^|; )${name}=([^;]*)`).exec(request.headers.cookie ?? '')?.[1] ?? ''
    const id = visits.has(came) ? came : `visitor-${String(++made).padStart(16, '0')}`
    visits.set(id, (visits.get(id) ?? 0) + 1)
    if (id !== came) response.setHeader('Set-Cookie', line(id))
    response.end(`visit ${visits.get(id)}`)
  }
}
