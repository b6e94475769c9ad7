import { expect, it } from 'vitest'
import { CLEAR, NO_STORE, SET, VARY } from '../lines.ts'
import { canDo, comparable, type Routes, type Stage } from '../stage.ts'

interface Cart {
  cart?: { items: string[] }
}

const routes: Routes = {
  '/untouched': ({ send }) => send('nobody looked'),
  '/look': ({ session, send }) => send(JSON.stringify(session)),
  '/keys': ({ session, send }) => send(`${Object.keys(session).length} ${'name' in session}`),
  '/write': ({ session, send }) => {
    session['name'] = 'Ada'
    return send('written')
  },
  '/push': ({ session, send }) => {
    const { cart } = session as Cart
    if (cart === undefined) session['cart'] = { items: [] }
    else cart.items.push('book')
    return send(JSON.stringify(session))
  },
  '/empty': ({ session, send }) => {
    delete session['name']
    return send('emptied')
  },
  '/end': ({ session, send }) => {
    session.destroy()
    return send('ended')
  },
  '/remember': ({ session, send }) => {
    session['name'] = 'Ada'
    session.permanent = true
    return send('remembered')
  },
  '/regenerate': ({ session, send }) => {
    session.regenerate()
    return send(session.id)
  },
  '/anew': async (exchange) => {
    const { session } = exchange
    session['left'] = 'behind'
    await new Promise<void>((resolve, reject) => {
      session.regenerate(() => {
        exchange.session['visitor'] = 'of now'
        void session.save((error) => (error === undefined ? resolve() : reject(error)))
      })
    })
    return exchange.send('begun')
  },
  '/id': ({ session, send }) => send(session.id),
  '/login': ({ session, send }) => {
    session.login('user-1', { keep: ['name'] })
    return send(session.id)
  },
  '/logout': ({ session, send }) => {
    session.logout()
    return send('logged out')
  },
  '/who': ({ session, send }) => send(`${session.subject} ${JSON.stringify(session)}`),
  '/redirect': ({ session, redirect }) => {
    session['name'] = 'Ada'
    return redirect('/look')
  },
}

export function sessionScenarios({ host, serve, fields }: Stage): void {
  if (canDo(host, 'a handler that never uses the session'))
    it('sends no header for a handler that never uses the session, whatever the cookie', async () => {
      const { client } = await serve(routes)
      expect(comparable(await client.request('/untouched'))).toEqual([])
      await client.request('/write')
      expect(comparable(await client.request('/untouched'))).toEqual([])
    })

  it('adds only Vary: Cookie to the response if it is read, even if only its keys are', async () => {
    const { client } = await serve(routes)
    expect(comparable(await client.request('/look'))).toEqual(fields(VARY))
    expect(comparable(await client.request('/keys'))).toEqual(fields(VARY))
  })

  it('sets its cookie with the strictest attributes when it is changed, and forbids caching', async () => {
    const { client } = await serve(routes)
    expect(comparable(await client.request('/write'))).toEqual(fields(SET, VARY, NO_STORE))
  })

  it('is available to the visitor’s next request, and to no other visitor', async () => {
    const { client, visitor } = await serve(routes)
    await client.request('/write')
    expect((await client.request('/look')).text).toBe('{"name":"Ada"}')
    expect((await visitor().request('/look')).text).toBe('{}')
  })

  it('is saved after a change to nested data', async () => {
    const { client } = await serve(routes)
    await client.request('/push')
    expect(comparable(await client.request('/push'))).toEqual(fields(SET, VARY, NO_STORE))
    expect((await client.request('/look')).text).toBe('{"cart":{"items":["book"]}}')
  })

  it('is not written again if it has not changed', async () => {
    const { client } = await serve(routes)
    await client.request('/write')
    expect(comparable(await client.request('/write'))).toEqual(fields(VARY))
  })

  it('has its cookie deleted when all its data is deleted', async () => {
    const { client } = await serve(routes)
    await client.request('/write')
    expect(comparable(await client.request('/empty'))).toEqual(fields(CLEAR, VARY, NO_STORE))
    expect(client.jar.cookieFor('https://127.0.0.1/')).toBe('')
  })

  it('has its cookie deleted when it is destroyed', async () => {
    const { client } = await serve(routes)
    await client.request('/write')
    expect(comparable(await client.request('/end'))).toEqual(fields(CLEAR, VARY, NO_STORE))
    expect((await client.request('/look')).text).toBe('{}')
  })

  it('has a cookie with a Max-Age if it is permanent', async () => {
    const { client } = await serve(routes)
    const [line] = (await client.request('/remember')).values('set-cookie')
    expect(line).toMatch(/; Max-Age=267(?:8400|83\d\d); Expires=[^;]+ GMT/)
  })

  it('keeps its data under a new id when it is regenerated', async () => {
    const { client } = await serve(routes)
    await client.request('/write')
    const before = await client.request('/id')
    const answer = await client.request('/regenerate')
    expect(comparable(answer)).toEqual(fields(SET, VARY, NO_STORE))
    expect(answer.text).not.toBe(before.text)
    expect((await client.request('/id')).text).toBe(answer.text)
    expect((await client.request('/look')).text).toBe('{"name":"Ada"}')
  })

  it('is replaced by an empty one if it is regenerated with a callback, as Passport does', async () => {
    const { client } = await serve(routes)
    await client.request('/write')
    const before = await client.request('/id')
    expect((await client.request('/anew')).text).toBe('begun')
    expect((await client.request('/look')).text).toBe('{"visitor":"of now"}')
    expect((await client.request('/id')).text).not.toBe(before.text)
  })

  it('keeps the chosen keys under a new id at a login, and no data at a logout', async () => {
    const { client } = await serve(routes)
    await client.request('/write')
    await client.request('/push')
    const before = await client.request('/id')
    expect((await client.request('/login')).text).not.toBe(before.text)
    expect((await client.request('/who')).text).toBe('user-1 {"name":"Ada"}')
    expect(comparable(await client.request('/logout'))).toEqual(fields(CLEAR, VARY, NO_STORE))
    expect((await client.request('/who')).text).toBe('undefined {}')
  })

  it('is saved before a redirect is sent', async () => {
    const { client } = await serve(routes)
    const answer = await client.request('/redirect')
    expect(answer.status).toBe(302)
    expect(answer.values('location')).toEqual(['/look'])
    expect(comparable(answer)).toContainEqual(fields(SET)[0])
    expect((await client.request('/look')).text).toBe('{"name":"Ada"}')
  })
}
