import { expect, it } from 'vitest'
import type { Stage } from '../stage.ts'

const NAME = '__Host-session'

/** `Cookie` headers of attackers and faulty programs; `good` is the visitor's valid cookie value. */
const HOSTILE: readonly (readonly [
  what: string,
  header: (good: string) => string,
  seen: 'Ada' | 'nobody',
])[] = [
  ['eight parts with stars between', () => `${NAME}=a*b*c*d*e*f*g*h`, 'nobody'],
  ['a seal of another library', () => `${NAME}=Fe26.2*constructor*a*b*c*d*e*f`, 'nobody'],
  ['names of Object.prototype', (good) => `__proto__=1; constructor=2; ${NAME}=${good}; toString=3`, 'Ada'],
  ['a name of Object.prototype as the value', () => `${NAME}=__proto__`, 'nobody'],
  ['a prefix after the byte 0xA0', (good) => `\u00A0${NAME}=${good}`, 'nobody'],
  ['a prefix after the byte 0x85', (good) => `\u0085${NAME}=${good}`, 'nobody'],
  ['another case', (good) => `${NAME.toUpperCase()}=${good}`, 'nobody'],
  ['a value in quotes', (good) => `${NAME}="${good}"`, 'nobody'],
  ['a sandwich of quotes', (good) => `a="; ${NAME}=${good}; b="`, 'Ada'],
  ['a $Version of RFC 2109', (good) => `$Version=1; ${NAME}=${good}; $Path=/`, 'Ada'],
  ['commas instead of semicolons', (good) => `a=1, ${NAME}=${good}`, 'nobody'],
  ['an invalid percent-encoding', () => `${NAME}=%E0%A4%A`, 'nobody'],
  ['bytes above 127', () => `${NAME}=\u00ff\u00fe`, 'nobody'],
  ['only the name', () => NAME, 'nobody'],
  ['only an equals sign', () => '=', 'nobody'],
  ['only semicolons', () => ';;; ;;', 'nobody'],
  ['an empty value', () => `${NAME}=`, 'nobody'],
  ['an invalid value before the valid one', (good) => `${NAME}=junk; ${NAME}=${good}`, 'Ada'],
  ['an invalid value after the valid one', (good) => `${NAME}=${good}; ${NAME}=junk`, 'Ada'],
  ['the valid cookie twice', (good) => `${NAME}=${good}; ${NAME}=${good}`, 'Ada'],
  ['five cookies of the name, with the valid one last', (good) => `${junk(4)}; ${NAME}=${good}`, 'nobody'],
  ['the valid cookie as the 256th pair', (good) => `${'a=b;'.repeat(255)}${NAME}=${good}`, 'Ada'],
  ['300 pairs before the valid cookie', (good) => `${'a=b;'.repeat(300)}${NAME}=${good}`, 'nobody'],
  ['more than 16 KiB', (good) => `${NAME}=${good}; a=${'x'.repeat(16_384)}`, 'nobody'],
  ['a token of 16,000 characters', () => `${NAME}=${'A'.repeat(16_000)}`, 'nobody'],
]

function junk(times: number): string {
  return Array.from({ length: times }, (_, at) => `${NAME}=junk${at}`).join('; ')
}

export function cookieScenarios({ serve }: Stage): void {
  const routes: Parameters<Stage['serve']>[0] = {
    '/write': ({ session, send }) => {
      session['name'] = 'Ada'
      return send('')
    },
    '/': ({ session, send }) => send(session['name'] === 'Ada' ? 'Ada' : 'nobody'),
  }

  it.each(HOSTILE)('accepts a Cookie header with %s', async (_, header, seen) => {
    const { client, origin } = await serve(routes)
    await client.request('/write')
    const good = client.jar.cookieFor(origin).slice(NAME.length + 1)
    const answer = await client.request('/', { headers: { Cookie: header(good) } })
    expect([answer.status, answer.text]).toEqual([200, seen])
  })
}
