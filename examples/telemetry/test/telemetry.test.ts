import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { app } from '../src/app.ts'

it('the telemetry example exports the spans of the store below those of the requests, and metrics', async () => {
  const server = createServer(app).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const first = await fetch(url)
  const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  expect(await (await fetch(url, { headers: { cookie } })).text()).toContain('visit 2')
  const telemetry = (await (await fetch(`${url}/telemetry`)).json()) as { spans: string[]; metrics: string[] }
  expect(telemetry.spans.filter((name) => name.includes('session')).toSorted()).toEqual([
    'GET / > session create',
    'GET / > session read',
    'GET / > session replace',
  ])
  expect(telemetry.metrics).toEqual(
    expect.arrayContaining([
      'keepsake.session.events session_created created session false store: 1',
      // Whether it is a renewal depends on whether a second has passed since the first request.
      expect.stringMatching(
        /^keepsake\.session\.events session_changed changed session (?:true|false) store: 1$/,
      ),
      'keepsake.session.record.size store: 2',
      'db.client.operation.duration memory replace: 1',
    ]),
  )
})
