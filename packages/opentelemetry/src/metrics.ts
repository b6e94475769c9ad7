import type { SessionEvent, SessionEventType, StoreCall } from '@keepsake/core'
import type { Meter } from '@opentelemetry/api'
import { attributesOfEnd, attributesOfEvent } from './names.ts'

/** The histogram boundaries that the conventions recommend, in seconds. */
const SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]

/** Histogram boundaries for the bytes of a record: a cookie holds up to about 2,900, a store 65,536. */
const BYTES = [64, 128, 256, 512, 1024, 2048, 2900, 4096, 8192, 16_384, 32_768, 65_536]

/** The events that report a written record. */
const WRITTEN: ReadonlySet<SessionEventType> = new Set<SessionEventType>([
  'session_created',
  'session_changed',
  'session_renewed',
])

/** The instruments of one meter. */
export interface Metrics {
  count(event: SessionEvent): void
  measure(call: StoreCall): void
}

export function createMetrics(meter: Meter): Metrics {
  const events = meter.createCounter('keepsake.session.events', {
    description: 'Number of session events, by event and reason code.',
    unit: '{event}',
  })
  const size = meter.createHistogram('keepsake.session.record.size', {
    description: 'Size of written session records.',
    unit: 'By',
    advice: { explicitBucketBoundaries: BYTES },
  })
  const duration = meter.createHistogram('db.client.operation.duration', {
    description: 'Duration of session store calls.',
    unit: 's',
    advice: { explicitBucketBoundaries: SECONDS },
  })
  return {
    count(event) {
      const { type, bytes, mode } = event
      events.add(1, attributesOfEvent(event))
      if (bytes !== undefined && WRITTEN.has(type)) size.record(bytes, { 'keepsake.mode': mode })
    },
    measure: (call) => duration.record((call.durationMs ?? 0) / 1000, attributesOfEnd(call)),
  }
}
