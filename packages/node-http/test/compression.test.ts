import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { gunzipSync } from 'node:zlib'
import type { Header } from '@keepsake/core'
import type { Answer } from '@keepsake/testing'
import compression from 'compression'
import { describe, expect, it } from 'vitest'
import { COOKIE, holdResponse, serve, turns } from './serving.ts'

type Commit = () => readonly Header[] | Promise<readonly Header[]>
type Answering = (response: ServerResponse) => unknown

const FAULT = new Error('the store is down')
const COMMITS: Readonly<Record<string, { readonly passes: Commit; readonly fails: Commit }>> = {
  'at once': {
    passes: () => [COOKIE],
    fails: () => {
      throw FAULT
    },
  },
  later: {
    passes: () => turns().then(() => [COOKIE]),
    fails: () => turns().then(() => Promise.reject(FAULT)),
  },
}

const compress = compression({ threshold: 0 }) as unknown as (
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
) => void

/** A hold inside compression, as if the session were mounted after it, and one around it. */
const ORDERS = {
  before: (request: IncomingMessage, response: ServerResponse, hold: () => void) =>
    compress(request, response, hold),
  after: (request: IncomingMessage, response: ServerResponse, hold: () => void) => {
    hold()
    compress(request, response, () => undefined)
  },
} as const

const TEXT = 'keepsake '.repeat(20_000)
const ANSWERS: Readonly<Record<string, readonly [Answering, string]>> = {
  'end()': [(response) => response.end(TEXT), TEXT],
  'a head and two writes': [
    (response) => {
      response.writeHead(200, { 'Content-Type': 'text/plain' })
      response.write(TEXT)
      response.write('small')
      response.end()
    },
    `${TEXT}small`,
  ],
  'a small write, and more when it drains': [
    async (response) => {
      if (!response.write('small')) await once(response, 'drain')
      response.end('rest')
    },
    'smallrest',
  ],
  'small chunks that are piped': [
    (response) => pipeline(Readable.from(['one ', 'two ', 'three ', 'four']), response),
    'one two three four',
  ],
  'small chunks of a generator': [
    (response) =>
      pipeline(async function* () {
        for (const word of ['one ', 'two ', 'three']) yield await Promise.resolve(word)
      }, response),
    'one two three',
  ],
  'large chunks that are piped': [
    (response) => void Readable.from(Array.from({ length: 20 }, () => TEXT)).pipe(response),
    TEXT.repeat(20),
  ],
}

const orders = Object.keys(ORDERS) as (keyof typeof ORDERS)[]
const cases = orders.flatMap((order) => Object.keys(COMMITS).map((when) => [order, when] as const))

describe.each(cases)('compression mounted %s the session, with a commit that ends %s', (order, when) => {
  const commits = COMMITS[when]
  async function answerTo(commit: Commit | undefined, answer: Answering): Promise<Answer> {
    const { client } = await serve('http/1.1', (request, response) => {
      const fail = (): void => {
        response.setHeader('Content-Type', 'text/plain')
        response.end('refused '.repeat(1000))
      }
      ORDERS[order](request, response, () =>
        holdResponse(request, response, { commit: commit ?? (() => []), fail }),
      )
      response.setHeader('Content-Type', 'text/plain')
      return answer(response)
    })
    return client.request('/', { headers: { 'Accept-Encoding': 'gzip' } })
  }

  it.each(Object.entries(ANSWERS))(
    'compresses a response of %s, with its cookie',
    async (_, [answer, text]) => {
      const sent = await answerTo(commits?.passes, answer)
      expect(sent.values('content-encoding')).toEqual(['gzip'])
      expect(sent.values('set-cookie')).toEqual(['id=1'])
      expect(gunzipSync(sent.body).toString()).toBe(text)
    },
  )

  it.each(Object.entries(ANSWERS))(
    'sends the error response instead of %s if the commit fails',
    async (_, [answer]) => {
      const sent = await answerTo(commits?.fails, (response) => {
        Promise.resolve(answer(response)).catch(() => undefined)
      })
      const isCompressed = sent.values('content-encoding').includes('gzip')
      expect(sent.status).toBe(500)
      expect((isCompressed ? gunzipSync(sent.body) : sent.body).toString()).toBe('refused '.repeat(1000))
      expect(sent.values('set-cookie')).toEqual([])
    },
  )
})
