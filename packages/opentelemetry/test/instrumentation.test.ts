import { channel } from 'node:diagnostics_channel'
import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import {
  createSessions,
  memoryStore,
  SESSION_CHANNEL,
  type Sessions,
  type Store,
  STORE_CHANNEL,
} from '@keepsake/core'
import { publishCrossOriginError } from '@keepsake/core/adapter'
import { context, metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { DataPointType, type MetricData } from '@opentelemetry/sdk-metrics'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KeepsakeInstrumentation } from '../src/index.ts'
import { startTelemetry, type Telemetry } from './telemetry.ts'

const SECRET = createHash('sha256').update('telemetry').digest('base64url')

let telemetry: Telemetry
beforeEach(() => {
  telemetry = startTelemetry()
})
afterEach(() => telemetry.stop())

type Data = Record<string, unknown>
const sessionsIn = (store: Store): Sessions<Data> => createSessions<Data>({ secrets: [SECRET], store })
const rejected = async (error: unknown): Promise<never> => {
  throw error
}
const failing = (error: unknown): Store => ({ ...memoryStore(), create: () => rejected(error) })

/** Sends one request that may change its session. Returns the new cookie, or the given one. */
async function request(
  sessions: Sessions<Data>,
  cookie: string | undefined,
  change: (session: Data) => unknown,
) {
  const visit = await sessions.open(cookie)
  await change(visit.session)
  const headers = await visit.close()
  return headers.find(([name]) => name === 'Set-Cookie')?.[1].split(';')[0] ?? cookie
}

async function metricNamed(name: string): Promise<MetricData> {
  const { scopeMetrics } = await telemetry.metrics()
  const found = scopeMetrics
    .flatMap((scope) => scope.metrics)
    .find(({ descriptor }) => descriptor.name === name)
  if (found === undefined) throw new Error(`no metric ${name}`)
  return found
}

describe('the spans of store calls', () => {
  it('are children of the active span, one for each call', async () => {
    const tracer = telemetry.tracerProvider.getTracer('application')
    const parent = tracer.startSpan('GET /')
    const sessions = sessionsIn(memoryStore())
    await context.with(trace.setSpan(context.active(), parent), async () => {
      const cookie = await request(sessions, undefined, (session) => (session['n'] = 1))
      await request(sessions, cookie, (session) => (session['n'] = 2))
    })
    parent.end()
    const own = telemetry.spans().filter(({ name }) => name.startsWith('session '))
    expect(own.map(({ name }) => name)).toEqual(['session create', 'session read', 'session replace'])
    for (const span of own) {
      expect(span.parentSpanContext?.spanId).toBe(parent.spanContext().spanId)
      expect(span.kind).toBe(SpanKind.INTERNAL)
      expect(span.attributes).toEqual({ 'db.system.name': 'memory', 'db.operation.name': span.name.slice(8) })
      expect(span.status.code).toBe(SpanStatusCode.UNSET)
    }
  })

  it('of a remote store are client spans, and contain the name of an error but not its message', async () => {
    const error = Object.assign(new Error('canary'), { code: 'ECONNREFUSED' })
    const sessions = sessionsIn({ ...failing(error), system: 'redis', isVolatile: false })
    await expect(request(sessions, undefined, (session) => (session['n'] = 1))).rejects.toThrow(
      'store failed',
    )
    const [span] = telemetry.spans()
    expect(span).toMatchObject({
      name: 'session create',
      kind: SpanKind.CLIENT,
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'db.system.name': 'redis', 'db.operation.name': 'create', 'error.type': 'ECONNREFUSED' },
    })
    expect(inspect(telemetry.spans(), { depth: 9 })).not.toContain('canary')
  })

  it('have the system _OTHER if the store does not name one', async () => {
    const { system: _, ...store } = { ...memoryStore() } as Store
    await request(sessionsIn(store), undefined, (session) => (session['n'] = 1))
    expect(telemetry.spans()[0]?.attributes['db.system.name']).toBe('_OTHER')
  })
})

describe('the metrics', () => {
  it('count every event by its type and reason', async () => {
    const sessions = sessionsIn(memoryStore())
    const cookie = await request(sessions, undefined, (session) => (session['n'] = 1))
    for (let visits = 0; visits < 3; visits++) await request(sessions, cookie, (session) => session['n'])
    await request(sessions, '__Host-session=junk', (session) => session['n'])
    publishCrossOriginError('cross_site')
    const { dataPoints, descriptor } = await metricNamed('keepsake.session.events')
    expect(descriptor.unit).toBe('{event}')
    const about = { 'keepsake.cookie': '__Host-session', 'keepsake.renewal': false }
    expect(dataPoints.map(({ attributes, value }) => ({ attributes, value }))).toEqual([
      {
        attributes: {
          'keepsake.event': 'session_created',
          'keepsake.reason': 'created',
          'keepsake.mode': 'store',
          ...about,
        },
        value: 1,
      },
      {
        attributes: {
          'keepsake.event': 'session_opened',
          'keepsake.reason': 'opened',
          'keepsake.mode': 'store',
          ...about,
        },
        value: 3,
      },
      {
        attributes: { 'keepsake.event': 'cookie_rejected', 'keepsake.reason': 'malformed', ...about },
        value: 1,
      },
      {
        attributes: {
          'keepsake.event': 'cross_origin_refused',
          'keepsake.reason': 'cross_site',
          ...about,
          'keepsake.cookie': '',
        },
        value: 1,
      },
    ])
  })

  it('measure the duration of every store call in seconds, separately for failed calls', async () => {
    const slow: Store = {
      ...memoryStore(),
      // A timer never fires early, so this is the minimum duration of the call.
      create: async () => new Promise((resolve) => setTimeout(resolve, 6, true)),
    }
    await request(sessionsIn(slow), undefined, (session) => (session['n'] = 1))
    await request(
      sessionsIn(failing(new RangeError('down'))),
      undefined,
      (session) => (session['n'] = 1),
    ).catch(() => undefined)
    const duration = await metricNamed('db.client.operation.duration')
    expect(duration.descriptor.unit).toBe('s')
    if (duration.dataPointType !== DataPointType.HISTOGRAM) throw new Error('expected a histogram')
    const [took, failed] = duration.dataPoints
    expect(took?.attributes).toEqual({ 'db.system.name': 'memory', 'db.operation.name': 'create' })
    expect(took?.value.sum).toBeGreaterThanOrEqual(0.005)
    expect(took?.value.sum).toBeLessThan(5)
    expect(took?.value.buckets.boundaries).toEqual([0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10])
    expect(failed?.attributes['error.type']).toBe('RangeError')
  })

  it('measure the size of written records, and not of records that were only read', async () => {
    const sessions = createSessions<Data>({ secrets: [SECRET], revocation: 'none' })
    const cookie = await request(sessions, undefined, (session) => (session['text'] = 'é'.repeat(100)))
    await request(sessions, cookie, (session) => session['text'])
    const size = await metricNamed('keepsake.session.record.size')
    expect(size.descriptor.unit).toBe('By')
    if (size.dataPointType !== DataPointType.HISTOGRAM) throw new Error('expected a histogram')
    expect(size.dataPoints).toHaveLength(1)
    expect(size.dataPoints[0]?.attributes).toEqual({ 'keepsake.mode': 'cookie' })
    expect(size.dataPoints[0]?.value).toMatchObject({ count: 1, sum: '{"text":""}'.length + 200 })
  })
})

const isHeard = (): boolean =>
  channel(SESSION_CHANNEL).hasSubscribers || channel(`tracing:${STORE_CHANNEL}:start`).hasSubscribers

describe('the instrumentation', () => {
  it('listens once even if it is enabled twice, and not after it is disabled', async () => {
    const { instrumentation } = telemetry
    instrumentation.enable()
    await request(sessionsIn(memoryStore()), undefined, (session) => (session['n'] = 1))
    expect(telemetry.spans()).toHaveLength(1)
    instrumentation.disable()
    expect(isHeard()).toBe(false)
    await request(sessionsIn(memoryStore()), undefined, (session) => (session['n'] = 1))
    expect(telemetry.spans()).toHaveLength(1)
  })

  it('starts disabled with enabled: false, until OpenTelemetry enables it', () => {
    telemetry.stop()
    expect(isHeard()).toBe(false)
    const waiting = new KeepsakeInstrumentation({ enabled: false })
    expect(isHeard()).toBe(false)
    telemetry = startTelemetry(waiting)
    expect(isHeard()).toBe(true)
  })

  it('uses the global providers, even if they are registered after the first session was used', async () => {
    const { tracerProvider } = telemetry
    telemetry.stop()
    const alone = new KeepsakeInstrumentation()
    try {
      await request(sessionsIn(memoryStore()), undefined, (session) => (session['n'] = 1))
      expect(telemetry.spans()).toHaveLength(0)
      trace.setGlobalTracerProvider(tracerProvider)
      metrics.setGlobalMeterProvider(telemetry.meterProvider)
      await request(sessionsIn(memoryStore()), undefined, (session) => (session['n'] = 1))
      expect(telemetry.spans()).toHaveLength(1)
      expect((await metricNamed('keepsake.session.events')).dataPoints[0]?.value).toBe(1)
    } finally {
      alone.disable()
      trace.disable()
      metrics.disable()
    }
  })
})

it('spans and metrics contain no token, id, secret, subject or datum (R70)', async () => {
  const hidden: string[] = [SECRET]
  const store = memoryStore()
  const seen: Store = {
    ...store,
    create: (key, record) => (hidden.push(key, record.text), store.create(key, record)),
    replace: (key, revision, record) => (
      hidden.push(revision, record.text),
      store.replace(key, revision, record)
    ),
  }
  const sessions = sessionsIn(seen)
  let cookie: string | undefined
  for (let visits = 0; visits < 3; visits++) {
    const visit = await sessions.open(cookie)
    const { session } = visit
    session.login('canary-subject')
    session['canary-key'] = `canary-value-${visits}`
    hidden.push(session.id, Buffer.from(session.id, 'base64url').toString('hex'))
    const line = (await visit.close()).find(([name]) => name === 'Set-Cookie')?.[1]
    cookie = line?.split(';')[0]
    hidden.push(cookie?.split('=')[1] ?? '')
  }
  await sessions.listFor('canary-subject')
  await sessions.revokeAll('canary-subject')
  await request(sessions, `${cookie}x; other=canary`, (session) => session['canary-key'])
  const text = inspect([telemetry.spans(), await telemetry.metrics()], {
    depth: 20,
    maxArrayLength: null,
    maxStringLength: null,
  })
  expect(telemetry.spans().map(({ name }) => name)).toContain('session by_subject')
  expect(hidden.length).toBeGreaterThan(10)
  for (const secret of hidden) expect(text).not.toContain(secret)
  expect(text).not.toContain('canary')
})
