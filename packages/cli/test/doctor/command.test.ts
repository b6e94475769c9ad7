import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { keepsake, keepsakeProcess, makeDirectory } from '../support.ts'
import { TLS } from './certificate.ts'
import { counting, doctor, serve } from './doctor.ts'

const run = async (...args: readonly string[]) => keepsake(['doctor', ...args], { cwd: makeDirectory() })

it.each([
  [[], 'URL is missing'],
  [['localhost:3000'], 'URL: expected an address such as http://localhost:3000'],
  [['http://ada:secret@localhost'], 'URL: must not contain a user or password'],
  [['http://localhost', 'more'], 'too many arguments'],
  [['http://localhost', '--path', 'account'], '--path: expected a path'],
  [['http://localhost', '--write', '//elsewhere.example/'], '--write: expected a path'],
  [['http://localhost', '--method', 'TRACE'], '--method: expected GET'],
  [['http://localhost', '--method', 'get', '--data', 'a=1'], '--data: a GET request has no body'],
  [['http://localhost', '--as', 'shop.example.com'], '--as: expected an address'],
  [['http://localhost', '--origin', 'null'], '--origin: expected an address'],
  [['http://localhost', '--node', 'there'], '--node: expected an address'],
  [['http://localhost', '--subdomain', 'https://app.example.com'], '--subdomain: expected a host'],
])('keepsake doctor %j exits with 2 and names the wrong argument', async (args, problem) => {
  const { code, out, error } = await run(...args)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(error).toContain(problem)
})

it('keepsake doctor exits with 2 if nothing listens at the URL', async () => {
  const { code, out } = await keepsakeProcess(['doctor', 'http://localhost:1'], { cwd: makeDirectory() })
  expect(code).toBe(2)
  expect(out).toContain('No response from http://localhost:1')
  expect(JSON.parse((await run('http://localhost:1', '--json')).out)).toMatchObject({ findings: [] })
})

it('keepsake doctor accepts a self-signed certificate only with --insecure, and then judges cookies as over https', async () => {
  const server = createServer(TLS, (request, response) => void app(request, response))
  const app = counting((id) => `__Host-sid=${id}; Path=/; Secure; HttpOnly; SameSite=Lax`, '__Host-sid')
  server.listen(0, 'localhost')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const url = `https://localhost:${(server.address() as AddressInfo).port}`
  const refused = await run(url)
  expect(refused.code).toBe(2)
  expect(refused.out).toContain('--insecure accepts it')
  const report = await doctor(url, '--insecure')
  expect(report).toMatchObject({ code: 0, faults: [], unclear: [] })
  expect(report.limits).toContain('https_only')
})

it('keepsake doctor prints what is broken, why, the line to write and the link to the documentation', async () => {
  const url = await serve(counting((id) => `sid=${id}; Path=/admin; HttpOnly`))
  const { code, out } = await run(url)
  expect(code).toBe(1)
  expect(out).toContain(`sid=…(24 characters); Path=/admin; HttpOnly, 27 bytes`)
  expect(out).toContain('BROKEN: The browser keeps sid but does not send it to /: its path is /admin.\n')
  expect(out).toMatch(/\n {2}why {4}Browsers send a cookie to its path/)
  expect(out).toMatch(/\n {2}write {2}path: '\/'/)
  expect(out).toMatch(/\n {2}see {4}https:\S+#the-browser-does-not-send-the-cookie {2}\(path\)/)
  expect(out).toContain('\nworks\n  A second request with the cookie finds the session again.\n')
  expect(out).toContain('\nnot judged\n  a second server (--node URL)\n')
})

it('keepsake doctor sends proxy headers only with --proxy, and the name that browsers see with --as', async () => {
  const seen: unknown[] = []
  const app = counting((id) => `sid=${id}; Path=/; Domain=example.com`)
  const url = await serve((request, response) => {
    seen.push([
      request.headers.host,
      request.headers['x-forwarded-proto'],
      request.headers['x-forwarded-host'],
    ])
    app(request, response)
  })
  expect((await doctor(url)).faults).toEqual(['foreign_domain'])
  expect(new Set(seen.map(String))).toEqual(new Set([`${url.slice(7)},,`]))
  seen.length = 0
  expect((await doctor(url, '--proxy', '--as', 'https://shop.example.com')).faults).toEqual([])
  expect(new Set(seen.map(String))).toEqual(new Set(['shop.example.com,https,shop.example.com']))
})

it.each([
  ['a semicolon', (id: string) => `sid=${id}; canary${id}; Path=/`],
  [
    'a comma followed by another cookie',
    (id: string) => `sid=${id}; Path=/, other=canary${id}; Domain=x.example, third=canary`,
  ],
  [
    'a second cookie in the same line',
    (id: string) => `sid=${id}; Expires=Wed, 21 Oct 2099 07:28:00 GMT, other=canary${id}`,
  ],
])(
  'keepsake doctor prints no part of a cookie value that is cut off by %s, as text or as JSON',
  async (_, line) => {
    const url = await serve(counting(line))
    const shown = `${(await run(url)).out} ${(await run(url, '--json')).out}`
    expect(shown).toContain('sid')
    expect(shown).not.toMatch(/canary|visitor-0/)
  },
)

const DOCS = new URL('../../../../docs/my-session-is-empty.md', import.meta.url)
const SOURCES = [
  'absence',
  'caches',
  'continuity',
  'cross-origin',
  'places',
  'refused',
  'sending',
  'spelled',
  'times',
]

it('my-session-is-empty.md explains each fault code of the doctor in the section that the finding links to', () => {
  const page = readFileSync(DOCS, 'utf8')
  const sections = new Map(
    page
      .split(/^## /m)
      .map((text) => [(text.split('\n')[0] ?? '').toLowerCase().replaceAll(/\W+/g, '-'), text]),
  )
  const missing = SOURCES.flatMap((file) => {
    const source = readFileSync(new URL(`../../src/doctor/findings/${file}.ts`, import.meta.url), 'utf8')
    const anchors = [...source.matchAll(/findingsOf\('([\w-]+)'\)/g)].map(([, anchor = '']) => anchor)
    const codes = [
      ...source.matchAll(/(?:(?:fault|unclear|make)\)?|limit\))\('(\w+)'/g),
      ...(file === 'refused' ? source.matchAll(/^ {2}(\w+): \(/gm) : []),
    ].map(([, code = '']) => code)
    expect(codes.length).toBeGreaterThan(0)
    return codes.filter((code) => !anchors.some((anchor) => sections.get(anchor)?.includes(`\`${code}\``)))
  })
  expect(missing).toEqual([])
})
