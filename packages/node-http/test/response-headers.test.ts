import { ServerResponse, IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Header } from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import { applyHeaders } from '../src/headers/response-headers.ts'
import { setGivenHeaders } from '../src/hold/write-head.ts'

type Fields = Readonly<Record<string, string | string[]>>

function responseWith(fields: Fields): ServerResponse {
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  for (const [name, value] of Object.entries(fields)) response.setHeader(name, value)
  return response
}

const ID: Header = ['Set-Cookie', 'id=1; Path=/']
const VARY: Header = ['Vary', 'Cookie']
const NO_STORE: Header = ['Cache-Control', 'no-store']

const APPLIED: readonly (readonly [what: string, before: Fields, added: readonly Header[], after: Fields])[] =
  [
    ['nothing to empty headers', {}, [], {}],
    [
      'all three to empty headers',
      {},
      [ID, VARY, NO_STORE],
      { 'set-cookie': 'id=1; Path=/', vary: 'Cookie', 'cache-control': 'no-store' },
    ],
    [
      'a line after another cookie’s',
      { 'Set-Cookie': 'a=1' },
      [ID],
      { 'set-cookie': ['a=1', 'id=1; Path=/'] },
    ],
    [
      'a line after several',
      { 'Set-Cookie': ['a=1', 'b=2'] },
      [ID],
      { 'set-cookie': ['a=1', 'b=2', 'id=1; Path=/'] },
    ],
    [
      'a line that replaces the same cookie’s',
      { 'Set-Cookie': ['id=0', 'b=2'] },
      [ID],
      { 'set-cookie': ['b=2', 'id=1; Path=/'] },
    ],
    [
      'a line beside a cookie whose name has the same beginning',
      { 'Set-Cookie': 'id2=0' },
      [ID],
      { 'set-cookie': ['id2=0', 'id=1; Path=/'] },
    ],
    [
      'lines of one name for two paths, which replace the application’s',
      { 'Set-Cookie': ['id=0', 'b=2'] },
      [['Set-Cookie', 'id=; Path=/a'], ['Set-Cookie', 'id=; Path=/b'], ID],
      { 'set-cookie': ['b=2', 'id=; Path=/a', 'id=; Path=/b', 'id=1; Path=/'] },
    ],
    ['Vary to other names', { Vary: 'Accept' }, [VARY], { vary: 'Accept, Cookie' }],
    ['Vary to several fields', { Vary: ['Accept', 'Origin'] }, [VARY], { vary: 'Accept, Origin, Cookie' }],
    ['no second Cookie to Vary', { Vary: 'accept,cookie' }, [VARY], { vary: 'accept,cookie' }],
    ['nothing to Vary: *', { Vary: '*' }, [VARY], { vary: '*' }],
    [
      'Cache-Control instead of a weaker one',
      { 'Cache-Control': 'public' },
      [NO_STORE],
      { 'cache-control': 'no-store' },
    ],
    [
      'no Cache-Control if there is a no-store',
      { 'Cache-Control': 'private, NO-STORE' },
      [NO_STORE],
      { 'cache-control': 'private, NO-STORE' },
    ],
    [
      'Cache-Control if the existing one only resembles no-store',
      { 'Cache-Control': 'x-no-store' },
      [NO_STORE],
      { 'cache-control': 'no-store' },
    ],
  ]

const GIVEN: readonly (readonly [form: string, given: unknown, after: Fields])[] = [
  ['nothing', undefined, { a: 'before', b: 'before' }],
  ['null', null, { a: 'before', b: 'before' }],
  ['an object', { A: '1', C: ['2', '3'] }, { a: '1', b: 'before', c: ['2', '3'] }],
  ['a flat list', ['A', '1', 'C', '2'], { a: '1', b: 'before', c: '2' }],
  ['a flat list with a repeated header', ['A', '1', 'a', '2'], { a: ['1', '2'], b: 'before' }],
  ['a flat list with several values', ['A', ['1', '2']], { a: ['1', '2'], b: 'before' }],
  [
    'pairs',
    [
      ['A', '1'],
      ['C', '2'],
    ],
    { a: '1', b: 'before', c: '2' },
  ],
  [
    'pairs with a repeated header',
    [
      ['A', '1'],
      ['a', '2'],
    ],
    { a: ['1', '2'], b: 'before' },
  ],
  ['an empty list', [], { a: 'before', b: 'before' }],
]

describe('the headers of a closed visit', () => {
  it.each(APPLIED)('add %s', (_, before, added, after) => {
    const response = responseWith(before)
    applyHeaders(response, added)
    expect({ ...response.getHeaders() }).toEqual(after)
  })
})

describe('headers given to writeHead', () => {
  it.each(GIVEN)('replace those of the same name: %s', (_, given, after) => {
    const response = responseWith({ A: 'before', B: 'before' })
    setGivenHeaders(response, given)
    expect({ ...response.getHeaders() }).toEqual(after)
  })
})
