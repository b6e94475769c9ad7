import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSessions, memoryStore, type Store } from '@keepsake/core'
import { publishCrossOriginError } from '@keepsake/core/adapter'
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { expect, it, onTestFinished } from 'vitest'
import { startTelemetry } from './telemetry.ts'

interface Dashboard {
  readonly panels: readonly {
    readonly title: string
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[]
  }[]
}

const dashboard = JSON.parse(
  readFileSync(new URL('../grafana-dashboard.json', import.meta.url), 'utf8'),
) as Dashboard
const targets = dashboard.panels.flatMap((panel) => panel.targets)
const SECRET = createHash('sha256').update('dashboard').digest('base64url')

/** The metrics that Prometheus scrapes from an application that has used all features. */
async function scrape(): Promise<string> {
  const telemetry = startTelemetry()
  onTestFinished(() => telemetry.stop())
  const store: Store = memoryStore()
  const sessions = createSessions({ secrets: [SECRET], store })
  const visit = await sessions.open(undefined)
  visit.session['n'] = 1
  await visit.close()
  publishCrossOriginError('cross_site')
  const down = createSessions({
    secrets: [SECRET],
    store: { ...store, create: async () => Promise.reject(new Error('down')) },
  })
  const failing = await down.open(undefined)
  failing.session['n'] = 1
  await failing.close().catch(() => undefined)
  return new PrometheusSerializer().serialize(await telemetry.metrics())
}

/** The names, or patterns of names, that the queries select. */
const asked = targets.flatMap(({ expr }) =>
  [...expr.matchAll(/\b(keepsake_session_\w+)\{|__name__=~"([^"]+)"/g)].map(
    ([, name, pattern]) => new RegExp(`^(?:${name ?? pattern})$`),
  ),
)

it('the dashboard queries only metrics that exist, under the names that Prometheus scrapes', async () => {
  const names = [...(await scrape()).matchAll(/^(\w+)\{/gm)].map(([, name]) => name ?? '')
  expect(asked.length).toBeGreaterThanOrEqual(targets.length)
  expect(asked.filter((pattern) => !names.some((name) => pattern.test(name)))).toEqual([])
})

it('the dashboard’s queries also match if a collector adds units to the names', async () => {
  const units = { duration: '_seconds', size: '_bytes' }
  const names = [...(await scrape()).matchAll(/^(\w+)\{/gm)].map(([, name = '']) =>
    name.replace(/(?<=_(duration|size))(?=_)/, (_, last: keyof typeof units) => units[last]),
  )
  expect(names).toContain('db_client_operation_duration_seconds_bucket')
  expect(asked.filter((pattern) => !names.some((name) => pattern.test(name)))).toEqual([])
})

it('the dashboard uses only labels that exist', async () => {
  const scraped = await scrape()
  const labels = new Set([...scraped.matchAll(/[{,](\w+)="/g)].map(([, label]) => label))
  const by = targets.flatMap(({ expr, legendFormat }) => [
    ...[...expr.matchAll(/\bby \(([^)]+)\)/g)].flatMap(([, list]) => list?.split(', ') ?? []),
    ...[...expr.matchAll(/(\w+)(?:=~|!=|=)"/g)].map(([, label]) => label ?? ''),
    ...[...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label ?? ''),
  ])
  expect(by.length).toBeGreaterThan(targets.length)
  expect(by.filter((label) => label !== '__name__' && !labels.has(label))).toEqual([])
})

it('the dashboard names only events that exist', () => {
  const source = readFileSync(new URL('../../core/src/base/events.ts', import.meta.url), 'utf8')
  const named = targets.flatMap(({ expr }) =>
    [...expr.matchAll(/keepsake_event=~"([^"]+)"/g)].flatMap(([, list]) => list?.split('|') ?? []),
  )
  expect(named.length).toBeGreaterThan(5)
  expect(named.filter((event) => !source.includes(`'${event}'`))).toEqual([])
})

it('the dashboard’s panels do not overlap', () => {
  const places = (dashboard.panels as readonly { gridPos?: { x: number; y: number } }[]).map(
    ({ gridPos }) => `${gridPos?.x} ${gridPos?.y}`,
  )
  expect(new Set(places).size).toBe(dashboard.panels.length)
})
