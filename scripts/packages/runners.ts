import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A test of a small application, with a logged-in visitor and two browsers; `expect` depends on the runner. */
const BODY = `
const secrets = ['kq2Yw0bT7mXvR4cJ9sLz1eUoP6hNdFgA5iVtB8yCxWE']
const sessions = createSessions({ secrets, revocation: 'none' })
const server = createServer(
  withSession(sessions, (request, response, session) => {
    session.visits = (session.visits ?? 0) + 1
    response.end([session.subject, session.visits].join(' '))
  }),
)

test('a visitor who is logged in already, and a browser', async () => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = 'http://127.0.0.1:' + server.address().port
  const cookie = await cookieFor(sessions, { visits: 4 }, { subject: 'ada' })
  const client = createClient(origin)
  const texts = [await (await fetch(origin, { headers: { cookie } })).text()]
  for (const path of ['/', '/']) texts.push((await client.request(path)).text)
  await client.close()
  const browser = createDeviceBoundBrowser(origin)
  texts.push((await browser.request('/')).text)
  await browser.close()
  server.close()
  server.closeAllConnections()
  if (texts.join() !== 'ada 5, 1, 2, 1') throw new Error(texts.join())
})
`

const NAMES: readonly (readonly [names: string, from: string])[] = [
  ['createServer', 'node:http'],
  ['createSessions', '@keepsake/core'],
  ['withSession', '@keepsake/node-http'],
  ['createClient', '@keepsake/testing/client'],
  ['cookieFor', '@keepsake/testing/cookie-for'],
  ['createDeviceBoundBrowser', '@keepsake/testing/device-bound'],
]

/** Writes the same test for Jest, with require, and for `node:test`, with import. Neither project has vitest. */
export function writeRunnerTests(directory: string): void {
  const required = NAMES.map(([names, from]) => `const { ${names} } = require('${from}')\n`).join('')
  const imported = NAMES.map(([names, from]) => `import { ${names} } from '${from}'\n`).join('')
  writeFileSync(join(directory, 'client.jest.cjs'), required + BODY)
  writeFileSync(join(directory, 'client.node.mjs'), `import { test } from 'node:test'\n${imported}${BODY}`)
}

/** How to run each, as arguments of Node. */
export const RUNNERS: readonly (readonly string[])[] = [
  ['node_modules/jest/bin/jest.js', '--rootDir=.', '--testMatch=**/client.jest.cjs', '--ci'],
  ['--test', 'client.node.mjs'],
]
