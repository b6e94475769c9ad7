import { expect, it } from 'vitest'
import type { OutgoingHttpHeader, ServerResponse } from 'node:http'
import type { Handler } from '../host.ts'
import { NO_STORE, SET, VARY } from '../lines.ts'
import { comparable, type Stage } from '../stage.ts'
import type { Fields } from '../wire.ts'

const APP: Fields = [
  ['Set-Cookie', 'a=1'],
  ['Set-Cookie', 'b=2'],
]

/** Node accepts them, although its types do not. */
const PAIRS = APP as unknown as OutgoingHttpHeader[]

/** `writeHead` in all forms that Node accepts. */
const HEADS: readonly (readonly [form: string, write: (response: ServerResponse) => unknown])[] = [
  ['an object', (response) => response.writeHead(200, { 'Set-Cookie': ['a=1', 'b=2'] })],
  ['a flat list', (response) => response.writeHead(200, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'])],
  ['a list of pairs', (response) => response.writeHead(200, PAIRS)],
  ['a reason and an object', (response) => response.writeHead(200, 'Fine', { 'Set-Cookie': ['a=1', 'b=2'] })],
  [
    'no reason and an object',
    (response) => response.writeHead(200, undefined, { 'Set-Cookie': ['a=1', 'b=2'] }),
  ],
]

const app =
  (set: (response: ServerResponse) => void): Handler =>
  ({ session, response, send }) => {
    session['name'] = 'Ada'
    set(response)
    return send('')
  }

export function headerScenarios({ serve, fields }: Stage): void {
  async function answerTo(handler: Handler): Promise<Fields> {
    const { client } = await serve({ '/': handler })
    return comparable(await client.request('/'))
  }

  it('keeps Set-Cookie lines of the application from before and after the session’s first use', async () => {
    const sent = await answerTo((exchange) => {
      exchange.response.appendHeader('Set-Cookie', 'a=1')
      exchange.session['name'] = 'Ada'
      exchange.response.appendHeader('Set-Cookie', 'b=2')
      return exchange.send('')
    })
    expect(sent).toEqual(fields(...APP, SET, VARY, NO_STORE))
  })

  it.each(HEADS)('keeps Set-Cookie lines given to writeHead as %s', async (_, write) => {
    const handler: Handler = ({ session, response, takeOver }) => {
      takeOver()
      session['name'] = 'Ada'
      response.setHeader('Set-Cookie', 'replaced=1')
      write(response)
      response.end()
    }
    expect(await answerTo(handler)).toEqual(fields(...APP, SET, VARY, NO_STORE))
  })

  it('writes one line for each cookie name', async () => {
    const handler = app((response) => {
      response.setHeader('Set-Cookie', ['__Host-session=mine; Path=/', '__Host-session-2=other'])
    })
    expect(await answerTo(handler)).toEqual(
      fields(['Set-Cookie', '__Host-session-2=other'], SET, VARY, NO_STORE),
    )
  })

  it.each([
    ['Accept-Encoding', 'Accept-Encoding, Cookie'],
    ['Accept, COOKIE', 'Accept, COOKIE'],
    ['*', '*'],
    ['X-Cookie', 'X-Cookie, Cookie'],
  ])('combines the application’s Vary: %s into Vary: %s', async (given, sent) => {
    const handler = app((response) => void response.setHeader('Vary', given))
    expect(await answerTo(handler)).toEqual(fields(['Vary', sent], SET, NO_STORE))
  })

  it.each([
    ['public, max-age=60', 'no-store'],
    ['private', 'no-store'],
    ['private, No-Store', 'private, No-Store'],
  ])(
    'replaces the application’s Cache-Control: %s on a response with the cookie by %s',
    async (given, sent) => {
      const handler = app((response) => void response.setHeader('Cache-Control', given))
      expect(await answerTo(handler)).toEqual(fields(['Cache-Control', sent], SET, VARY))
    },
  )

  it('keeps the application’s Cache-Control if no cookie is set', async () => {
    const sent = await answerTo(({ session, response, send }) => {
      response.setHeader('Cache-Control', 'public, max-age=60')
      return send(String(session['name']))
    })
    expect(sent).toEqual(fields(['Cache-Control', 'public, max-age=60'], VARY))
  })
}
