import { decodeEnds, type Ends, mergeEnds, NO_ENDS, onlyEnds } from './ends.ts'
import { decodeFlash, encodeFlash, type FlashMessage, mergeFlash, NO_FLASH } from './flash.ts'

/** What a record's text says beside the data, under a key that no data can have. */
export interface Meta {
  /** Who is logged in. */
  readonly subject?: string | undefined
  /** What the login called its device. */
  readonly label?: string | undefined
  /** Messages that wait to be shown, oldest first. */
  readonly flash?: readonly FlashMessage[] | undefined
  readonly ends?: Ends | undefined
  /** Whether a token against forged requests was given out when there was nothing else to keep the session for. */
  readonly csrf?: boolean | undefined
}

/** Meta as JSON, for data that has these keys; undefined where there are none. A key that is gone has no end. */
export function encodeMeta(meta: Meta, hasKey: (key: string) => boolean): object | undefined {
  const { subject, label, flash = NO_FLASH, ends = NO_ENDS, csrf = false } = meta
  // Nearly always: of an anonymous visitor nothing but the data is kept.
  const isBare = subject === undefined && label === undefined && flash.length === 0 && ends.size === 0
  if (isBare && !csrf) return undefined
  const kept = onlyEnds(ends, hasKey)
  const json = {
    ...(subject !== undefined && { subject }),
    ...(label !== undefined && { label }),
    ...(flash.length > 0 && { flash: encodeFlash(flash) }),
    ...(kept.size > 0 && { ends: Object.fromEntries(kept) }),
    ...(csrf && { csrf }),
  }
  return Object.keys(json).length === 0 ? undefined : json
}

/** What `encodeMeta` gave, or undefined for anything else. What a later version may add is passed over. */
export function decodeMeta(json: unknown): Meta | undefined {
  if (json === undefined) return {}
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined
  // Without a prototype, so that nothing is read from a polluted one.
  const given = Object.assign(Object.create(null) as Record<string, unknown>, json)
  const meta: Meta = {
    ...('subject' in given && { subject: textIn(given['subject']) }),
    ...('label' in given && { label: textIn(given['label']) }),
    ...('flash' in given && { flash: decodeFlash(given['flash']) }),
    ...('ends' in given && { ends: decodeEnds(given['ends']) }),
    ...('csrf' in given && { csrf: given['csrf'] === true || undefined }),
  }
  const values = Object.values(meta)
  return values.length === 0 || values.includes(undefined) ? undefined : meta
}

const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

export function mergeMeta(base: Meta, mine: Meta, theirs: Meta): Meta {
  return {
    subject: mine.subject === base.subject ? theirs.subject : mine.subject,
    label: mine.label === base.label ? theirs.label : mine.label,
    flash: mergeFlash(base.flash ?? NO_FLASH, mine.flash ?? NO_FLASH, theirs.flash ?? NO_FLASH),
    ends: mergeEnds(base.ends ?? NO_ENDS, mine.ends ?? NO_ENDS, theirs.ends ?? NO_ENDS),
    csrf: mine.csrf === base.csrf ? theirs.csrf : mine.csrf,
  }
}
