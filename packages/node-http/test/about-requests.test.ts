import type { ServerResponse } from 'node:http'
import { createSessions } from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import { withSession } from '../src/index.ts'
import { serve } from './serving.ts'

const sessions = createSessions({
  secrets: ['a secret that is only for tests with 48 characters'],
  revocation: 'none',
})
const handler = (): undefined => undefined
const started = (options: unknown) => () => withSession(sessions, handler, options as never)

describe('the options of withSession', () => {
  it('must be known, and functions', () => {
    expect(started({ extends: () => false })).toThrow('extends: unknown option; known options: fail, extend')
    expect(started({ extend: false })).toThrow('extend: expected a function, got a boolean')
    expect(started({ fail: 'hush' })).toThrow('fail: expected a function, got a text')
    expect(started('hush')).toThrow('options: expected a plain object, got a text')
    expect(started(Promise.resolve({}))).toThrow('options: expected a plain object, got a promise')
    expect(started({ fail: undefined, extend: undefined })).not.toThrow()
  })

  it('must return synchronously: a promise, which would count as true, fails the request but not the process', async () => {
    const said: unknown[] = []
    const late = {
      extend: async () => Promise.reject(new Error('the database is away')),
      fail: (error: unknown, _request: unknown, response: ServerResponse) => {
        said.push(String(error))
        response.end()
      },
    }
    const { client } = await serve('http/1.1', withSession(sessions, handler, late as never))
    await client.request('/')
    expect(said).toEqual(['TypeError: extend: must return synchronously, but returned a promise'])
  })
})
