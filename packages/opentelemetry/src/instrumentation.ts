import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { SESSION_CHANNEL, type SessionEvent, STORE_CHANNEL, type StoreCall } from '@keepsake/core'
import { type MeterProvider, metrics, type Span, trace, type TracerProvider } from '@opentelemetry/api'
import { createMetrics, type Metrics } from './metrics.ts'
import { beginSpan, endSpan } from './spans.ts'

const NAME = '@keepsake/opentelemetry'

/** What every instrumentation of OpenTelemetry takes. */
export interface KeepsakeInstrumentationConfig {
  /** Whether it listens from the beginning. Default true. */
  enabled?: boolean
}

/**
 * Traces and metrics of sessions, from what Keepsake publishes on `node:diagnostics_channel`: to be given to
 * `registerInstrumentations`, or to a `NodeSDK`, among the others.
 *
 * ```ts
 * registerInstrumentations({ instrumentations: [new KeepsakeInstrumentation()] })
 * ```
 *
 * Each call of a store is a span below the active one, and is measured in `db.client.operation.duration`; each event is counted in
 * `keepsake.session.events`; and `keepsake.session.record.size` has the bytes of what was written. No token, id, key or
 * datum is in them. It works with every store, and needs nothing to be loaded before anything else.
 */
export class KeepsakeInstrumentation {
  readonly instrumentationName = NAME
  readonly instrumentationVersion = ''
  #config: KeepsakeInstrumentationConfig
  #tracerProvider: TracerProvider | undefined
  #meterProvider: MeterProvider | undefined
  #metrics: { readonly of: MeterProvider; readonly made: Metrics } | undefined
  readonly #spans = new WeakMap<StoreCall, Span>()
  readonly #listeners: readonly (readonly [channel: string, (message: unknown) => void])[]
  #isEnabled = false

  constructor(config: KeepsakeInstrumentationConfig = {}) {
    this.#config = { enabled: true, ...config }
    this.#listeners = [
      [SESSION_CHANNEL, (event) => this.#metricsNow().count(event as SessionEvent)],
      [`tracing:${STORE_CHANNEL}:start`, (call) => this.#begin(call as StoreCall)],
      [`tracing:${STORE_CHANNEL}:asyncEnd`, (call) => this.#end(call as StoreCall)],
    ]
    if (this.#config.enabled === true) this.enable()
  }

  /** Listens from now on. */
  enable(): void {
    if (this.#isEnabled) return
    this.#isEnabled = true
    for (const [channel, listener] of this.#listeners) subscribe(channel, listener)
  }

  /** Listens no more: what Keepsake publishes then costs nothing, unless somebody else listens. */
  disable(): void {
    this.#isEnabled = false
    for (const [channel, listener] of this.#listeners) unsubscribe(channel, listener)
  }

  /** Default: the one that is registered globally. */
  setTracerProvider(provider: TracerProvider): void {
    this.#tracerProvider = provider
  }

  /** Default: the one that is registered globally. */
  setMeterProvider(provider: MeterProvider): void {
    this.#meterProvider = provider
  }

  setConfig(config: KeepsakeInstrumentationConfig): void {
    this.#config = { enabled: true, ...config }
  }

  getConfig(): KeepsakeInstrumentationConfig {
    return this.#config
  }

  #begin(call: StoreCall): void {
    const tracer = (this.#tracerProvider ?? trace.getTracerProvider()).getTracer(NAME)
    this.#spans.set(call, beginSpan(tracer, call))
  }

  #end(call: StoreCall): void {
    const span = this.#spans.get(call)
    if (span !== undefined) endSpan(span, call)
    this.#metricsNow().measure(call)
  }

  /** A provider may be registered when sessions are in use already. */
  #metricsNow(): Metrics {
    const provider = this.#meterProvider ?? metrics.getMeterProvider()
    if (this.#metrics?.of !== provider)
      this.#metrics = { of: provider, made: createMetrics(provider.getMeter(NAME)) }
    return this.#metrics.made
  }
}
