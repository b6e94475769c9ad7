import type { SessionEvent, StoreCall } from '@keepsake/core'
import type { Attributes } from '@opentelemetry/api'

/*
 * Uses the names of OpenTelemetry's semantic conventions for databases if there are any, and otherwise names that begin
 * with `keepsake.`. Each attribute has few possible values, and none comes from a visitor, because every value adds a
 * permanent time series.
 */

/** The conventions require a system, but not every store names one. */
const UNKNOWN_SYSTEM = '_OTHER'

/** The attributes of a call when it begins. */
export const attributesOfCall = ({ operation, system }: StoreCall): Attributes => ({
  'db.system.name': system ?? UNKNOWN_SYSTEM,
  'db.operation.name': operation,
})

/** The attributes of a call that has ended. */
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
