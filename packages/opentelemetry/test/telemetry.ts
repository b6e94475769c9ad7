import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { context } from '@opentelemetry/api'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { MeterProvider, MetricReader, type ResourceMetrics } from '@opentelemetry/sdk-metrics'
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { KeepsakeInstrumentation } from '../src/index.ts'

/** Collects metrics on request. */
class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** The spans and metrics of an application, kept in memory by OpenTelemetry's SDK. */
export interface Telemetry {
  readonly tracerProvider: TracerProvider
  readonly meterProvider: MeterProvider
  readonly instrumentation: KeepsakeInstrumentation
  spans(): readonly ReadableSpan[]
  metrics(): Promise<ResourceMetrics>
  stop(): void
}

export function startTelemetry(instrumentation = new KeepsakeInstrumentation()): Telemetry {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const exporter = new InMemorySpanExporter()
  const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  const reader = new Reader()
  const meterProvider = new MeterProvider({ readers: [reader] })
  const unload = registerInstrumentations({
    tracerProvider,
    meterProvider,
    instrumentations: [instrumentation],
  })
  return {
    tracerProvider,
    meterProvider,
    instrumentation,
    spans: () => exporter.getFinishedSpans(),
    metrics: async () => (await reader.collect()).resourceMetrics,
    stop() {
      unload()
      context.disable()
    },
  }
}
