import { describe, expect, it } from 'vitest'
import { counting, doctor, type Listener, serve } from './doctor.ts'

const cached = (control: string): Listener => {
  const app = counting((id) => `sid=${id}; Path=/`)
  return (request, response) => {
    response.setHeader('Cache-Control', control)
    app(request, response)
  }
}

describe('keepsake doctor, with a cache or a wrong clock,', () => {
  it.each<[situation: string, app: () => Listener, faults: string[]]>([
    [
      'shared caches may store the response that sets the cookie',
      () => cached('public, max-age=600'),
      ['cacheable_cookie', 'cacheable_page'],
    ],
    [
      'only a CDN may store the responses',
      () => cached('s-maxage=60'),
      ['cacheable_cookie', 'cacheable_page'],
    ],
    [
      'shared caches may store pages that depend on the session',
      () => (request, response) => {
        const user = /sid=(\w{20,})/.exec(request.headers.cookie ?? '')
        response.setHeader('Cache-Control', user ? 'public, max-age=60' : 'no-store')
        if (!user)
          response.setHeader(
            'Set-Cookie',
            `sid=${'v'.repeat(20)}${Math.random().toString(36).slice(2)}; Path=/`,
          )
        response.end(`hello ${user ? 'ada' : 'stranger'}`)
      },
      ['cacheable_page'],
    ],
    [
      'a cache serves the page with its cookie',
      () => {
        const app = counting((id) => `sid=${id}; Path=/`)
        let kept: string | undefined
        return (request, response) => {
          response.setHeader('X-Cache', kept === undefined ? 'MISS' : 'HIT')
          if (kept === undefined) app(request, response)
          else response.setHeader('Set-Cookie', kept).end('visit 1')
          kept ??= String(response.getHeader('Set-Cookie'))
        }
      },
      ['cached_cookie'],
    ],
    [
      'the clock of the server is an hour behind',
      () => {
        const app = counting(
          (id) => `sid=${id}; Path=/; Expires=${new Date(Date.now() - 1_800_000).toUTCString()}`,
        )
        return (request, response) => {
          response.setHeader('Date', new Date(Date.now() - 3_600_000).toUTCString())
          app(request, response)
        }
      },
      ['clock', 'ended_at_once'],
    ],
    [
      'the clock is an hour ahead and maxAge was given in seconds',
      () => {
        const app = counting(
          (id) => `sid=${id}; Path=/; Expires=${new Date(Date.now() + 3_606_000).toUTCString()}`,
        )
        return (request, response) => {
          response.setHeader('Date', new Date(Date.now() + 3_600_000).toUTCString())
          app(request, response)
        }
      },
      ['clock', 'short_lived'],
    ],
    [
      'the clock of the server is an hour ahead',
      () => {
        const app = counting((id) => `sid=${id}; Path=/`)
        return (request, response) => {
          response.setHeader('Date', new Date(Date.now() + 3_600_000).toUTCString())
          app(request, response)
        }
      },
      ['clock'],
    ],
  ])('reports the fault if %s', async (_, app, faults) => {
    const report = await doctor(await serve(app()))
    expect(report).toMatchObject({ code: 1, faults })
  })

  it('reports a page that only the browser may cache as a limit, not as a fault', async () => {
    const report = await doctor(await serve(cached('private, max-age=600')))
    expect(report).toMatchObject({ code: 0, faults: [] })
    expect(report.limits).toContain('stale_page')
  })

  it('does not mistake the age of a cached page for a wrong clock', async () => {
    const app = counting((id) => `sid=${id}; Path=/`)
    const url = await serve((request, response) => {
      response.setHeader('Date', new Date(Date.now() - 3_600_000).toUTCString())
      response.setHeader('Age', '3600')
      app(request, response)
    })
    expect((await doctor(url)).faults).not.toContain('clock')
  })
})
