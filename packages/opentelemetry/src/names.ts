import type { SessionEvent, StoreCall } from '@keepsake/core'
import type { Attributes } from '@opentelemetry/api'

/*
 * Names of OpenTelemetry's semantic conventions for databases where they have one, and else names that begin with `keepsake.`.
 * The attributes have few values each, which are never a visitor's: what a metric is kept apart by is kept for ever.
 */

/** What the conventions ask for, and not every store says. */
const UNKNOWN_SYSTEM = '_OTHER'

/** Of a call when it begins. */
export const attributesOfCall = ({ operation, system }: StoreCall): Attributes => ({
  'db.system.name': system ?? UNKNOWN_SYSTEM,
  'db.operation.name': operation,
})

/** Of a call that is over. */
export const attributesOfEnd = (call: StoreCall): Attributes => ({
  ...attributesOfCall(call),
  ...(call.errorType !== undefined && { 'error.type': call.errorType }),
})

export const attributesOfEvent = ({ type, reason, cookie, mode, isRenewal }: SessionEvent): Attributes => ({
  'keepsake.event': type,
  'keepsake.reason': reason,
  'keepsake.cookie': cookie,
  'keepsake.renewal': isRenewal,
  ...(mode !== undefined && { 'keepsake.mode': mode }),
})
