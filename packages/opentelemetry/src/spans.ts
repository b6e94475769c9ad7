import type { StoreCall } from '@keepsake/core'
import { context, type Span, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api'
import { attributesOfCall } from './names.ts'

/** Begins the span of a call, below the one that is active. */
export function beginSpan(tracer: Tracer, call: StoreCall): Span {
  // The conventions have a call within the process be an internal one.
  const kind = call.system === 'memory' ? SpanKind.INTERNAL : SpanKind.CLIENT
  const attributes = attributesOfCall(call)
  return tracer.startSpan(`session ${call.operation}`, { kind, attributes }, context.active())
}

/** An error has its name alone: its message may quote what it is about. */
export function endSpan(span: Span, { errorType }: StoreCall): void {
  if (errorType !== undefined)
    span.setAttribute('error.type', errorType).setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}
