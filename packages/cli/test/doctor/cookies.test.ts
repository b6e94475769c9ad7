import { expect, it } from 'vitest'
import { counting, doctor, serve } from './doctor.ts'

/* Applications that work except for one fault in the line of their cookie. */
it.each<
  [
    situation: string,
    line: (id: string) => string | string[],
    faults: string[],
    write: string,
    args?: string[],
  ]
>([
  [
    'Domain is another host',
    (id) => `sid=${id}; Domain=example.com; Path=/`,
    ['foreign_domain'],
    'leave out domain',
  ],
  [
    'Domain contains a port',
    (id) => `sid=${id}; Domain=localhost:3000; Path=/`,
    ['foreign_domain'],
    'leave out domain',
  ],
  [
    'Domain is a public suffix',
    (id) => `sid=${id}; Domain=github.io; Path=/`,
    ['public_suffix'],
    "domain: 'me.github.io'",
    ['--as', 'https://me.github.io'],
  ],
  ['Path is another folder', (id) => `sid=${id}; Path=/admin`, ['path'], "path: '/'"],
  [
    'Path differs from the URL in case',
    (id) => `sid=${id}; Path=/Shop`,
    ['path'],
    "path: '/'",
    ['--path', '/shop'],
  ],
  [
    'a login in a folder sets it without Path',
    (id) => `sid=${id}`,
    ['path'],
    "path: '/'",
    ['--write', '/api/login'],
  ],
  [
    'it has SameSite=None but not Secure',
    (id) => `sid=${id}; Path=/; SameSite=None`,
    ['none_without_secure'],
    'secure: true',
  ],
  [
    'it is Partitioned but not Secure',
    (id) => `sid=${id}; Path=/; Partitioned`,
    ['partitioned_without_secure'],
    'partitioned: true, secure: true',
  ],
  [
    'it is Secure and the host is not localhost',
    (id) => `sid=${id}; Path=/; Secure`,
    ['insecure_origin'],
    "secure: process.env.NODE_ENV === 'production'",
    ['--as', 'http://192.168.1.20:3000'],
  ],
  [
    'it is too large',
    (id) => [`sid=${id}; Path=/`, `session=${id}${'x'.repeat(4096)}; Path=/; HttpOnly`],
    ['too_large'],
    'store',
    ['--cookie', 'session'],
  ],
  [
    'its prefix is __Host- and it has a Domain',
    (id) => `__Host-sid=${id}; Path=/; Secure; Domain=example.com`,
    ['prefix'],
    'leave out the domain',
    ['--as', 'https://example.com'],
  ],
  [
    'its prefix is __Host- and its path is not /',
    (id) => `__Host-sid=${id}; Path=/shop; Secure`,
    ['prefix', 'path'],
    "path: '/'",
  ],
  [
    'its prefix is __Secure- and it is not Secure',
    (id) => `__Secure-sid=${id}; Path=/`,
    ['prefix'],
    'secure: true',
  ],
  [
    'two cookies are joined in one line',
    (id) => `sid=${id}; Path=/, theme=dark; Path=/`,
    ['folded'],
    "appendHeader('Set-Cookie'",
  ],
  [
    'two cookies are joined in one line and the first has Expires',
    (id) => `theme=dark; Expires=Wed, 21 Oct 2099 07:28:00 GMT, sid=${id}; Path=/`,
    ['folded'],
    "appendHeader('Set-Cookie'",
  ],
  [
    'maxAge was given in seconds instead of milliseconds',
    (id) => `sid=${id}; Path=/; Max-Age=3`,
    ['short_lived'],
    'maxAge: 24 * 60 * 60 * 1000',
  ],
  [
    'Expires is in the past',
    (id) => `sid=${id}; Path=/; Expires=Wed, 21 Oct 2020 07:28:00 GMT`,
    ['ended_at_once'],
    'maxAge',
  ],
  [
    'one response sets and deletes it',
    (id) => [`sid=${id}; Path=/`, 'sid=; Path=/; Max-Age=0'],
    ['deleted_at_once'],
    'logout',
  ],
  [
    'one response sets it twice',
    (id) => [`sid=other-${id}; Path=/`, `sid=${id}; Path=/`],
    ['set_twice'],
    'mount the session once',
  ],
  [
    'another cookie of the same name has a different path',
    (id) => [`sid=${id}; Path=/`, `sid=old-${id}; Path=/shop`],
    ['same_name'],
    'the same path and domain',
    ['--path', '/shop'],
  ],
  [
    'a frame on another site needs it',
    (id) => `sid=${id}; Path=/; SameSite=Lax`,
    ['frame'],
    "sameSite: 'none', secure: true, partitioned: true",
    ['--frame'],
  ],
  [
    'a frame needs it and it is not Partitioned',
    (id) => `sid=${id}; Path=/; SameSite=None; Secure`,
    ['frame_partly'],
    'partitioned: true',
    ['--frame'],
  ],
  [
    'another host of the domain needs it',
    (id) => `sid=${id}; Path=/`,
    ['subdomain'],
    "domain: 'example.com'",
    ['--as', 'https://www.example.com', '--subdomain', 'api.example.com'],
  ],
])(
  'keepsake doctor names the fault of a cookie, and the line to write, if %s',
  async (_, line, faults, write, args = []) => {
    const name =
      line('')
        .toString()
        .match(/__\w+-sid/)?.[0] ?? 'sid'
    const url = await serve(counting(line, name))
    const report = await doctor(url, ...args)
    expect(report.faults).toEqual(faults)
    expect(report.code).toBe(1)
    expect(report.findings.find(({ code }) => code === faults[0])?.write?.join()).toContain(write)
  },
)

it.each<[situation: string, line: (id: string) => string | string[], limit: string, args?: string[]]>([
  ['that Secure=false is Secure', (id) => `sid=${id}; Path=/; Secure=false; HttpOnly`, 'attribute_is_on'],
  ['that an attribute is misspelled', (id) => `sid=${id}; Path=/; Http-Only`, 'unknown_attribute'],
  ['that a value of SameSite is unknown', (id) => `sid=${id}; Path=/; SameSite=Relaxed`, 'unknown_same_site'],
  [
    'that SameSite=Strict hides the session from visitors who come from other sites',
    (id) => `sid=${id}; Path=/; SameSite=Strict`,
    'strict',
  ],
  ['that scripts can read it', (id) => `sid=${id}; Path=/`, 'scripts'],
  ['that Safari drops it', (id) => `sid=${id}; Path=/; Secure`, 'safari'],
  ['that other devices drop it', (id) => `sid=${id}; Path=/; Secure`, 'other_devices'],
  ['that a frame on another site has no session', (id) => `sid=${id}; Path=/`, 'frame'],
  ['that it belongs to one host only', (id) => `sid=${id}; Path=/`, 'subdomain'],
  ['that it is also sent over plain http', (id) => `sid=${id}; Path=/`, 'not_secure', ['--proxy']],
  ['that it is limited to one folder', (id) => `sid=${id}; Path=/shop`, 'narrow_path', ['--path', '/shop']],
  [
    'that another cookie is dropped',
    (id) => [`sid=${id}; Path=/`, 'theme=dark; Domain=example.com'],
    'foreign_domain',
  ],
  [
    'that a proxy may reject such a large header',
    (id) => [`sid=${id}; Path=/`, ...['a', 'b', 'c'].map((n) => `${n}=${'x'.repeat(3000)}`)],
    'large_header',
  ],
])(
  'keepsake doctor reports as a limit of a cookie, not as a fault, %s',
  async (_, line, limit, args = []) => {
    const report = await doctor(await serve(counting(line)), ...args)
    expect(report).toMatchObject({ code: 0, faults: [], unclear: [] })
    expect(report.limits).toContain(limit)
    expect(report.works).toContain('continues')
  },
)

it('keepsake doctor prints no cookie value, as text or as JSON', async () => {
  const url = await serve(
    counting((id) => [`sid=${id}; Path=/`, `other=canary-${id}; Path=/; Domain=no.example`]),
  )
  const { text } = await doctor(url)
  expect(text).toContain('"sid"')
  expect(text).not.toMatch(/visitor-0|canary/)
})
