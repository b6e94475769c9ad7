import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { KeepsakeInstrumentation } from '@keepsake/opentelemetry'

/*
 * All in memory, so that the example needs no collector. An application would use exporters, such as those of
 * `@opentelemetry/exporter-trace-otlp-http` and `@opentelemetry/exporter-metrics-otlp-http`.
 */

const spans = new InMemorySpanExporter()
const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] })
const meterProvider = new MeterProvider({
  readers: [new PeriodicExportingMetricReader({ exporter: metrics })],
})

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
registerInstrumentations({
  tracerProvider,
  meterProvider,
  instrumentations: [new KeepsakeInstrumentation()],
})

/** The application's own tracer. With the instrumentation of `node:http`, each request gets a span automatically. */
export const tracer = tracerProvider.getTracer('shop')

/** A summary of what was exported so far. */
export async function exported(): Promise<{
  readonly spans: readonly string[]
  readonly metrics: readonly string[]
}> {
  await meterProvider.forceFlush()
  const parents = new Map(spans.getFinishedSpans().map((span) => [span.spanContext().spanId, span.name]))
  const newest =
    metrics
      .getMetrics()
      .at(-1)
      ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? []
  return {
    spans: spans.getFinishedSpans().map(({ name, parentSpanContext }) => {
      const parent = parentSpanContext && parents.get(parentSpanContext.spanId)
      return parent === undefined ? name : `${parent} > ${name}`
    }),
    metrics: newest.flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => {
        const count = typeof value === 'number' ? value : value.count
        return `${descriptor.name} ${Object.values(attributes).join(' ')}: ${count}`
      }),
    ),
  }
}
