import { once } from 'node:events'
import { connect } from 'node:net'
import type { Readable } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { commitByHand, holdResponse, serve, turns } from './serving.ts'

const neverFail = (error: unknown): never => {
  throw error
}

/** Everything that arrives until the connection closes. */
async function received(socket: Readable): Promise<string> {
  let text = ''
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
  await once(socket, 'close')
  return text
}

const requestsFor = (paths: readonly string[]): string =>
  paths
    .map((path, n) => {
      const connection = n === paths.length - 1 ? 'close' : 'keep-alive'
      return `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: ${connection}\r\n\r\n`
    })
    .join('')

describe('pipelined requests on one connection', () => {
  it.each([
    ['the first is done first', ['/a', '/b']],
    ['the second is done first', ['/b', '/a']],
  ])('are answered in their order if the commit of %s', async (_, order) => {
    const commits = { '/a': commitByHand(), '/b': commitByHand() }
    const commitOf = (path: string | undefined) => commits[path as keyof typeof commits]
    const { origin } = await serve('http/1.1', (request, response) => {
      holdResponse(request, response, { commit: commitOf(request.url).commit, fail: neverFail })
      response.end(`body of ${request.url}\r\n`)
    })
    const socket = connect(Number(new URL(origin).port), '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    const answers = received(socket)
    socket.write(requestsFor(['/a', '/b']))
    await Promise.all([commits['/a'].begun, commits['/b'].begun])
    for (const path of order) {
      commitOf(path).done([['Set-Cookie', `commit=${path.slice(1)}`]])
      await turns()
    }
    const lines = (await answers).split('\r\n').filter((line) => /^(?:HTTP|Set-Cookie|body)/.test(line))
    expect(lines).toEqual([
      'HTTP/1.1 200 OK',
      'Set-Cookie: commit=a',
      'body of /a',
      'HTTP/1.1 200 OK',
      'Set-Cookie: commit=b',
      'body of /b',
    ])
  })
})
