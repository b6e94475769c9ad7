import { type Arrival, type Foreign, type ForeignSession, readCookies, StoreError } from '@keepsake/core'
import { fieldOf } from '@keepsake/core/adapter'
import { type CookieParts, PARTS } from './cookie-parts.ts'
import { type CommonOptions, type ForeignData, type OwnOptions, readArrivalOptions } from './options.ts'
import {
  type Content,
  type Flash,
  isRefused,
  type Named,
  type Read,
  type Reader,
  type Records,
  type Refused,
  TOO_MANY,
} from './reading.ts'
import { withoutPrototypes } from './text.ts'

/** A foreign library and how to read its sessions. */
export interface Format {
  /** The function that an application calls: errors name its options. */
  readonly library: string
  /** The library's cookie name. */
  readonly cookie: string
  /** Default: one cookie with the whole session. */
  readonly parts?: CookieParts | undefined
  /** The names of the format's own options. */
  readonly options: readonly string[]
  /** Creates a reader from the format's own options. @throws {ConfigError} */
  prepare(options: OwnOptions, cookie: string): Prepared
}

export interface Prepared {
  readonly read: Reader
  /** How many values are read per second, if reading is expensive. Default: all. */
  readonly perSecond?: number | undefined
  /** Where to find a session's data if its cookie only contains an id. */
  readonly records?: Records | undefined
}

/** The argument that an application gives `createSessions` for a format. @throws {ConfigError} for an unknown or wrong option. */
export function arrivalOf(format: Format, given: unknown): Arrival {
  const { library, parts = PARTS.whole } = format
  const { common, own } = readArrivalOptions(library, given, format.options, format.cookie)
  const { cookie, until, leave } = common
  const { name } = cookie
  const { read, records, perSecond: most } = format.prepare(own, name)
  const isDue = perSecond(most)

  return Object.freeze<Arrival>({
    names: parts.seenBy(name),
    until,
    leave,
    *read(header, now) {
      for (const { value, signature } of parts.texts(readCookies(header), name)) {
        const reading = isDue(now) ? read(value, now, signature) : TOO_MANY
        yield isRefused(reading) ? reading : foreignOf(reading, { common, records, now })
      }
    },
    expiry: (header) =>
      [...readCookies(header).keys()]
        .filter((other) => parts.isPart(other, name))
        .flatMap((part) => cookie.expiry(part)),
  })
}

/** Whether another value may be read this second. */
function perSecond(most = Infinity): (now: number) => boolean {
  let [second, count] = [0, 0]
  return (now) => {
    if (now !== second) [second, count] = [now, 0]
    return count++ < most
  }
}

interface From {
  readonly common: CommonOptions
  readonly records: Records | undefined
  readonly now: number
}

function foreignOf(reading: Read | Named, { common, records, now }: From): Foreign {
  const { signed } = reading
  const times = { signed, beganAt: fieldOf(reading, 'beganAt'), endsAt: fieldOf(reading, 'endsAt') }
  const id = fieldOf(reading as Named, 'id')
  if (id === undefined || records === undefined)
    return { ...times, open: () => sessionOf(common, reading as Read), forget: undefined }
  const remove = records.delete
  return {
    ...times,
    async open() {
      const found = await records.read(id, now).catch(fail)
      return isRefused(found) ? found : sessionOf(common, found)
    },
    forget: remove && (() => remove(id).then(NOTHING, NOTHING)),
  }
}

const NOTHING = (): void => undefined

function fail(cause: unknown): never {
  throw new StoreError('the store of the other library failed', { cause })
}

/** Converts the content into a session. Throws the errors of the application's functions. */
function sessionOf(common: CommonOptions, content: Content): ForeignSession | Refused {
  const own = withoutPrototypes(content.data) as ForeignData
  const data = common.dataOf(own)
  if (data === undefined) return EMPTY
  return {
    data,
    subject: common.subjectOf(own),
    flash: common.flashOf(own) ?? fieldOf(content, 'flash') ?? NO_FLASH,
    permanent: common.permanent ?? fieldOf(content, 'permanent') ?? false,
  }
}

const NO_FLASH: readonly Flash[] = Object.freeze([])
const EMPTY: Refused = Object.freeze({ refused: 'empty' })
