import type { SessionEvent, SessionEventType, StoreCall } from '@keepsake/core'
import type { Meter } from '@opentelemetry/api'
import { attributesOfEnd, attributesOfEvent } from './names.ts'

/** The boundaries that the conventions advise, in seconds. */
const SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]

/** Bytes of a record: a cookie holds some 2,900, a store 65,536. */
const BYTES = [64, 128, 256, 512, 1024, 2048, 2900, 4096, 8192, 16_384, 32_768, 65_536]

/** The events that tell of a record that was written. */
const WRITTEN: ReadonlySet<SessionEventType> = new Set<SessionEventType>([
  'session_created',
  'session_changed',
  'session_renewed',
])

/** What is measured by one meter. */
export interface Metrics {
  count(event: SessionEvent): void
  measure(call: StoreCall): void
}

export function createMetrics(meter: Meter): Metrics {
  const events = meter.createCounter('keepsake.session.events', {
    description: 'What was decided about sessions, by event and reason code.',
    unit: '{event}',
  })
  const size = meter.createHistogram('keepsake.session.record.size', {
    description: 'Size of the session records that were written.',
    unit: 'By',
    advice: { explicitBucketBoundaries: BYTES },
  })
  const duration = meter.createHistogram('db.client.operation.duration', {
    description: 'Duration of the calls of session stores.',
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
