import { createSessions } from '@keepsake/core'
import { openVisit } from '@keepsake/core/adapter'
import { createSealer } from '@keepsake/core/sealer'
import { SECRET, type ShopData } from '../data.ts'
import type { SyncCodec } from './codec.ts'

const NAME = '__Host-session'

/** The sealer with JSON: the same work as the codecs of the peers. */
export function keepsakeSealer(secrets: readonly string[] = [SECRET]): SyncCodec {
  const sealer = createSealer({ secrets, name: NAME })
  const now = Math.floor(Date.now() / 1000)
  const times = { created: now, issued: now, expires: now + 3600, permanent: false }
  const sid = new Uint8Array(16).fill(7)
  return {
    name: 'keepsake',
    seal: (data) => sealer.seal({ ...times, sid, text: JSON.stringify(data) }),
    open(token) {
      const opened = sealer.open(token)
      if (!opened.ok) throw new Error(opened.reason)
      return JSON.parse(opened.fields.text) as object
    },
  }
}

/** A complete visit in each direction, including all that the codecs omit: the header, the checks, the session, the Set-Cookie line. */
export function keepsakeVisit(secrets: readonly string[] = [SECRET]): SyncCodec {
  const sessions = createSessions<ShopData>({ secrets, revocation: 'none' })
  return {
    name: 'keepsake, complete visit',
    seal(data) {
      const visit = settled(openVisit(sessions, undefined))
      Object.assign(visit.session, data)
      const [[, line] = ['', '']] = settled(visit.close())
      return line.slice(0, line.indexOf(';'))
    },
    open: (header) => settled(openVisit(sessions, header)).session,
  }
}

/** Sealed sessions are available synchronously. */
export function settled<T>(value: T | Promise<T>): T {
  if (value instanceof Promise) throw new Error('a sealed session must be available synchronously')
  return value
}
