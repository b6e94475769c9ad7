import { inspect } from 'node:util'

/** A flash message. The number distinguishes it from another one with the same text. */
export interface Message {
  readonly serial: number
  readonly category: string
  readonly message: string
}

/** The simplest model of a session: its stored content. */
interface Remembered {
  readonly data: readonly (readonly [string, unknown])[]
  readonly subject: string | undefined
  readonly flash: readonly Message[]
  readonly ends: readonly (readonly [string, number])[]
  readonly permanent: boolean
  readonly created: number
  readonly issued: number
  readonly id: number
}

/** The stored session, and the request's changes so far. */
export interface Model {
  at: number
  /** The last number of an id or a message. */
  serial: number
  kept: Remembered | undefined
  data: Map<string, unknown>
  subject: string | undefined
  flash: readonly Message[]
  ends: Map<string, number>
  permanent: boolean
  asked: boolean
  created: number
  id: number
  /** Whether it is still the session of the request, and not one that has replaced it. */
  continues: boolean
  /** The messages from earlier requests. */
  came: readonly Message[]
  /** The messages that were taken last. */
  taken: readonly Message[]
  /** Whether the request counts as use. */
  extends: boolean
}

const IDLE = 600
const ABSOLUTE = 3000
const PERMANENT = 6000
export const LIMITS = { idle: IDLE, absolute: ABSOLUTE, permanent: PERMANENT }

/** Distinguishes values by their texts: by type, and by the order of keys. */
const spelled = (value: unknown): string =>
  inspect(value, { depth: null, maxArrayLength: null, maxStringLength: null })

export function createModel(at: number): Model {
  const nothing = { kept: undefined, data: new Map(), subject: undefined, flash: [], ends: new Map() }
  const begun = { permanent: false, asked: false, created: at, id: 0, continues: true }
  return { at, serial: 0, ...nothing, ...begun, came: [], taken: [], extends: true }
}

function isAlive({ permanent, created, issued }: Remembered, at: number): boolean {
  if (permanent) return at < created + PERMANENT
  return at < created + ABSOLUTE && at < issued + IDLE
}

/** Without expired keys, and without expiries of missing keys. */
function living<R extends Pick<Remembered, 'data' | 'ends'>>(remembered: R, at: number): R {
  const isOver = (key: string): boolean => remembered.ends.some(([of, end]) => of === key && at >= end)
  const data = remembered.data.filter(([key]) => !isOver(key))
  const ends = remembered.ends.filter(([key]) => data.some(([of]) => of === key))
  return { ...remembered, data, ends }
}

export function beginAnew(model: Model): void {
  Object.assign(model, { subject: undefined, permanent: false, created: model.at, id: ++model.serial })
}

/** Another session that replaces the one of the request. */
export function replace(model: Model): void {
  beginAnew(model)
  model.continues = false
}

export function openModel(model: Model): void {
  const { kept, at } = model
  Object.assign(model, { asked: false, continues: true })
  if (kept === undefined || !isAlive(kept, at)) {
    Object.assign(model, { kept: undefined, data: new Map(), flash: [], came: [], ends: new Map() })
    beginAnew(model)
    return
  }
  const { data, ends, flash, subject, permanent, created, id } = living(kept, at)
  const came = { data: new Map(structuredClone(data)), ends: new Map(ends), flash, came: flash }
  Object.assign(model, { ...came, subject, permanent, created, id })
}

export function commitModel(model: Model): void {
  const { subject, flash, permanent, created, id, at, continues } = model
  const kept = model.kept && living(model.kept, at)
  model.continues = true
  const { data, ends } = living({ data: structuredClone([...model.data]), ends: [...model.ends] }, at)
  if (data.length === 0 && subject === undefined && flash.length === 0) {
    const wasEmpty = kept?.data.length === 0 && kept.subject === undefined && kept.flash.length === 0
    // A session that has expired by itself is left alone.
    if (!continues || !wasEmpty) model.kept = undefined
    return
  }
  const isHeld = !model.extends && continues && kept?.created === created
  const issued = isHeld ? (kept?.issued ?? at) : at
  const now: Remembered = { data, ends, subject, flash, permanent, created, id, issued }
  const isDue = kept !== undefined && at - kept.issued >= (permanent ? PERMANENT / 20 : 60)
  const isSame = kept !== undefined && spelled({ ...now, issued: 0 }) === spelled({ ...kept, issued: 0 })
  if (!isSame || (isDue && model.extends)) model.kept = now
}
