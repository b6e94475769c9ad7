import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { SESSION_CHANNEL, type SessionEvent, STORE_CHANNEL, type StoreCall } from '@keepsake/core'
import { type MeterProvider, metrics, type Span, trace, type TracerProvider } from '@opentelemetry/api'
import { createMetrics, type Metrics } from './metrics.ts'
import { beginSpan, endSpan } from './spans.ts'

const NAME = '@keepsake/opentelemetry'

/** The option that every OpenTelemetry instrumentation has. */
export interface KeepsakeInstrumentationConfig {
  /** Whether it starts enabled. Default true. */
  enabled?: boolean
}

/**
 * Traces and metrics of sessions, from the events that Keepsake publishes on `node:diagnostics_channel`. Pass it to
 * `registerInstrumentations` or to a `NodeSDK`, with the other instrumentations.
 *
 * ```ts
 * registerInstrumentations({ instrumentations: [new KeepsakeInstrumentation()] })
 * ```
 *
 * Each store call is a span below the active one, and is measured in `db.client.operation.duration`. Each event is counted in
 * `keepsake.session.events`. `keepsake.session.record.size` measures the bytes of written records. None of them contains
 * a token, id, key or datum. It works with every store, and does not depend on the order in which modules are loaded.
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

  /** Starts to listen. */
  enable(): void {
    if (this.#isEnabled) return
    this.#isEnabled = true
    for (const [channel, listener] of this.#listeners) subscribe(channel, listener)
  }

  /** Stops listening. Keepsake's events then cost nothing, unless there are other listeners. */
  disable(): void {
    this.#isEnabled = false
    for (const [channel, listener] of this.#listeners) unsubscribe(channel, listener)
  }

  /** Default: the globally registered one. */
  setTracerProvider(provider: TracerProvider): void {
    this.#tracerProvider = provider
  }

  /** Default: the globally registered one. */
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

  /** Created late, because a provider may be registered while sessions are already in use. */
  #metricsNow(): Metrics {
    const provider = this.#meterProvider ?? metrics.getMeterProvider()
    if (this.#metrics?.of !== provider)
      this.#metrics = { of: provider, made: createMetrics(provider.getMeter(NAME)) }
    return this.#metrics.made
  }
}
