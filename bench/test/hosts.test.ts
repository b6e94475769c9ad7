import { describe, expect, it } from 'vitest'
import { sessionsOf } from '../src/data.ts'
import { HOSTS } from '../src/hosts.ts'
import { Connection, requestOf } from '../src/http/connection.ts'
import type { Variant } from '../src/http/variants.ts'
import { BYTES } from '../src/requests/candidate.ts'

const variants = Object.values(HOSTS).flatMap((variantsOf) => variantsOf())

describe.each(variants.filter(({ name }) => name !== 'bare'))('$framework with $name', (variant) => {
  it('a visitor reads what the visitor stored, and what a later request changed', async () => {
    const visitor = await visitorOf(variant)
    expect(await visitor('/fill')).toBe('17 visits\n')
    expect(await visitor('/read')).toBe('17 visits\n')
    expect(await visitor('/write')).toBe('18 visits\n')
    expect(await visitor('/read')).toBe('18 visits\n')
  })

  it('a read-only request sets no cookie, except that hono-sessions resends its id each time', async () => {
    const connection = await connectionOf(variant)
    const { cookies } = await connection.ask(requestOf('/fill', ''))
    const { cookies: set } = await connection.ask(requestOf('/read', cookies))
    expect(set !== '').toBe(/^hono-sessions.*memory$/.test(variant.name))
  })
})

describe.each(variants.filter(({ name }) => name === 'bare'))('$framework, bare', (variant) => {
  it('the application without sessions serves every page and sets no cookie', async () => {
    const connection = await connectionOf(variant)
    for (const path of ['/untouched', '/read', '/write']) {
      expect(await connection.ask(requestOf(path, ''))).toMatchObject({ status: 200, cookies: '' })
    }
  })
})

async function connectionOf({ listener }: Variant): Promise<Connection> {
  const [fill] = sessionsOf(BYTES)
  if (fill === undefined) throw new Error('there is no data')
  return new Connection(await listener(fill))
}

/** Requests pages with the cookies that were set last, and returns the bodies. */
async function visitorOf(variant: Variant): Promise<(path: string) => Promise<string>> {
  const connection = await connectionOf(variant)
  let cookies = ''
  return async (path) => {
    const answer = await connection.ask(requestOf(path, cookies))
    if (answer.cookies !== '') ({ cookies } = answer)
    return answer.body
  }
}
