import { expect, it, onTestFinished } from 'vitest'
import type { Routes, Stage } from '../stage.ts'

/** Collects the lines on standard error until the end of the test. */
function printed(): string[] {
  const lines: string[] = []
  const { error } = console
  console.error = (line: unknown) => void lines.push(String(line))
  onTestFinished(() => void (console.error = error))
  return lines
}

const routes: Routes = {
  '/write': ({ session, response, send }) => {
    response.setHeader('Server-Timing', 'db;dur=1.5')
    session['count'] = Number(session['count'] ?? 0) + 1
    return send('written')
  },
  '/read': ({ session, send }) => send(String(session['count'])),
}

export function logScenarios({ serve, createSessions }: Stage): void {
  it('keep the application’s Server-Timing and get the session’s, with log: dev, which prints a line for each request', async () => {
    const { client } = await serve(routes, createSessions({ log: 'dev' }))
    const lines = printed()
    const written = await client.request('/write?token=canary')
    const read = await client.request('/read')
    const timingOf = ({ fields }: typeof read): (string | undefined)[] =>
      fields.filter(([name]) => name.toLowerCase() === 'server-timing').map(([, value]) => value)
    expect(timingOf(written)).toEqual([expect.stringMatching(/^db;dur=1\.5, session;dur=\d+\.\d$/)])
    expect(timingOf(read)).toEqual([expect.stringMatching(/^session;dur=\d+\.\d$/)])
    expect(lines.map((line) => line.replaceAll(/ {2,}/g, ' '))).toEqual([
      expect.stringMatching(/^keepsake GET \S*\/write no cookie created \+count cookie set \d+ B$/),
      expect.stringMatching(/^keepsake GET \S*\/read opened unchanged \d+ B$/),
    ])
  })

  it('get no Server-Timing without the option log, and nothing is printed', async () => {
    const { client } = await serve(routes)
    const lines = printed()
    const { fields } = await client.request('/read')
    expect(fields.map(([name]) => name.toLowerCase())).not.toContain('server-timing')
    expect(lines).toEqual([])
  })
}
