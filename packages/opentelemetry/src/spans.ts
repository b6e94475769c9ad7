import type { StoreCall } from '@keepsake/core'
import { context, type Span, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api'
import { attributesOfCall } from './names.ts'

/** Starts the span of a call, as a child of the active span. */
export function beginSpan(tracer: Tracer, call: StoreCall): Span {
  // According to the conventions, a call within the process is internal.
  const kind = call.system === 'memory' ? SpanKind.INTERNAL : SpanKind.CLIENT
  const attributes = attributesOfCall(call)
  return tracer.startSpan(`session ${call.operation}`, { kind, attributes }, context.active())
}

/** Records only the name of an error, because its message may quote data. */
export function endSpan(span: Span, { errorType }: StoreCall): void {
  if (errorType !== undefined)
    span.setAttribute('error.type', errorType).setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}
