import type { DeviceHooks } from '@keepsake/core/adapter'
import { tokensIn } from './fields.ts'

const REASONS = ['unreachable', 'server_error', 'quota_exceeded'] as const

/** Publishes why a browser did not refresh. Anybody can send this header, so it changes nothing else. */
export function tellSkipped(hooks: DeviceHooks, field: string | undefined): void {
  if (field === undefined) return
  const said = tokensIn(field)
  for (const reason of REASONS) if (said.includes(reason)) hooks.skipped(reason)
}
