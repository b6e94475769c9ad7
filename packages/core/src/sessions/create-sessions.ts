import { cameWith, lookUpArrivals } from '../visit/arrivals.ts'
import { type FromDevice, fromDevice } from '../visit/from-device.ts'
import { anonymousAfter, lookUpSealed, lookUpStored } from '../visit/lookup.ts'
import type { Look, Lookup, VisitOptions } from '../visit/setup.ts'
import { failLogged, loggedVisit } from '../visit/logged-visit.ts'
import { SessionsVisit } from '../visit/visit.ts'
import type { EagerMode, LazyMode } from '../modes/mode.ts'
import { SessionFacts } from '../session/facts.ts'
import type { SessionData } from '../session/session.ts'
import { type CookieHeader, cookieHeaderOf, type CookieSource } from '../cookie/read.ts'
import type { Sids } from '../crypto/token.ts'
import { since } from '../base/time.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
import { refusePromise } from '../base/own.ts'
import { readOptions } from '../base/options.ts'
import { deviceHooks, NO_USE } from './device-hooks.ts'
import { DEVICE } from './device-sessions.ts'
import { type AdapterSessions, OPEN, peekOf, type Sessions } from './sessions.ts'
import { type DataOptions, OPTIONS, type SessionsOptions } from './options.ts'
import { readSetup } from './setup.ts'

/** Fetches what a request's lookup needs before the handler runs. */
type Load = (header: CookieHeader) => MaybePromise<Look>

/**
 * Sessions, sealed in the cookie or, with a `store`, kept there.
 *
 * ```ts
 * interface Shop { cart: string[] }
 * const sessions = createSessions<Shop>({ secrets: [process.env.SESSION_SECRET] })
 * const { session } = await sessions.open(request.headers.cookie)
 * ```
 *
 * @throws {ConfigError} for an option that is unknown or wrong, with its name and the correct form.
 */
export function createSessions<D extends SessionData<D> = Record<string, unknown>>(
  options: SessionsOptions & DataOptions<D>,
): Sessions<D> {
  const { setup, device, whenStoreFails, arrivals, arriving, everyone, isVolatile, timeLimit, log, close } =
    readSetup(readOptions('options', options, OPTIONS))
  const { mode, cookie, lifetime, subjects, accept, trace, now } = setup

  /**
   * One function for all visits: creating one for each would be much of the cost of a request whose handler never
   * uses its session.
   */
  function loadSealed(sealed: LazyMode): Load {
    const look: Look = (header) => lookUpSealed(sealed, setup, header, now())
    return () => look
  }

  const unlessFailed = (opening: MaybePromise<() => Lookup>): MaybePromise<() => Lookup> => {
    const mayFail = opening instanceof Promise && whenStoreFails === 'anonymous'
    return mayFail ? opening.catch(anonymousAfter) : opening
  }

  function loadStored(stored: EagerMode): Load {
    return (header) => {
      const begun = trace.begin()
      const look = unlessFailed(lookUpStored(stored, setup, header, now()))
      return begun === undefined ? look : andThen(look, (found) => takingTime(found, since(begun)))
    }
  }

  /** From any device. */
  const loadAny = mode.isLazy ? loadSealed(mode) : loadStored(mode)

  const loadOwn = device === undefined ? loadAny : loadHeld(fromDevice(device))

  function loadHeld(held: FromDevice): Load {
    const heldLook =
      (look: Look): Look =>
      (header) =>
        held(look(header), header, now())
    if (!mode.isLazy) return (header) => andThen(loadAny(header), heldLook)
    const look = heldLook((header) => lookUpSealed(mode, setup, header, now()))
    return () => look
  }

  function loadArriving(header: CookieHeader): MaybePromise<Look> {
    const at = now()
    const came = cameWith(arrivals, header, at)
    if (came === undefined) return loadOwn(header)
    const found = andThen(loadOwn(header), (look) =>
      timeLimit(() => lookUpArrivals(arriving, came, look(header), header, at)),
    )
    return unlessFailed(andThen(found, (lookup) => () => lookup))
  }

  const load = arrivals.length === 0 ? loadOwn : loadArriving

  function visitFor(
    look: Look,
    source: CookieSource,
    options: VisitOptions | undefined,
  ): MaybePromise<SessionsVisit<D>> {
    const visit =
      log === undefined
        ? new SessionsVisit<D>(setup, look, source, options)
        : visitInLog(look, source, options)
    return accept === undefined || mode.isLazy ? visit : visit.accepted()
  }

  const visitInLog = (
    look: Look,
    source: CookieSource,
    options: VisitOptions | undefined,
  ): SessionsVisit<D> => loggedVisit(source, setup, (own) => new SessionsVisit<D>(own, look, source, options))

  const openLater = async (
    look: Promise<Look>,
    source: CookieSource,
    options: VisitOptions | undefined,
  ): Promise<SessionsVisit<D>> => visitFor(await look, source, options)

  function openBy(
    loading: Load,
    source: CookieSource,
    options?: VisitOptions,
  ): MaybePromise<SessionsVisit<D>> {
    const header = cookieHeaderOf(source)
    const look = loading(header)
    // Keeps a reference to the request only if `accept` or the log needs it.
    const kept = accept === undefined && log === undefined ? header : source
    return look instanceof Promise ? openLater(look, kept, options) : visitFor(look, kept, options)
  }

  function openNow(source: CookieSource, options?: VisitOptions): MaybePromise<SessionsVisit<D>> {
    refusePromise(options?.extend, 'extend: expected true or false, not a promise')
    const visit = openBy(load, source, options)
    return log !== undefined && visit instanceof Promise
      ? visit.catch((error: unknown) => failLogged(source, error))
      : visit
  }

  return Object.freeze<AdapterSessions<D>>({
    cookie,
    mode: mode.name,
    [DEVICE]: device && deviceHooks(setup, device, (source) => openBy(loadAny, source, NO_USE)),
    isVolatile,
    [OPEN]: openNow,
    async open(source, options) {
      const visit = await openNow(source, options)
      return {
        get session() {
          return visit.session
        },
        close: async () => visit.close(),
        get saved() {
          return visit.saved
        },
      }
    },
    async peek(source) {
      // It converts no session of another library, because it writes nothing.
      const record = (await openBy(loadOwn, source)).peek()
      return record && peekOf(record, lifetime, now())
    },
    async listFor(subject, options) {
      const { current } = readOptions('sessions.listFor', options, ['current'])
      return subjects.listFor(checkSubject('listFor', subject), sidsOf('listFor: current', current))
    },
    async revoke(handle, options) {
      const given = readOptions('sessions.revoke', options, ['subject'])
      if (!('subject' in given)) throw new TypeError(`sessions.revoke: ${WHOSE}`)
      const { subject } = given
      return subjects.revoke(handle, subject === undefined ? undefined : checkSubject('revoke', subject))
    },
    async revokeAll(subject, options) {
      const { except } = readOptions('sessions.revokeAll', options, ['except'])
      return subjects.revokeAll(checkSubject('revokeAll', subject), sidsOf('revokeAll: except', except))
    },
    all(options) {
      const { subject } = readOptions('sessions.all', options, ['subject'])
      return everyone.all(subject === undefined ? undefined : checkSubject('all', subject))
    },
    find: (handle) => everyone.find(handle),
    count: () => everyone.count(),
    close,
  })
}

const takingTime =
  (look: () => Lookup, storeMs: number | undefined): Look =>
  () => ({ ...look(), storeMs })

function checkSubject(method: string, subject: unknown): string {
  if (typeof subject === 'string' && subject !== '') return subject
  throw new TypeError(`sessions.${method}: expected the id of a user as text`)
}

const WHOSE = 'name the user whose session it is: { subject: user.id }'

function sidsOf(option: string, session: unknown): Sids {
  if (session === undefined) return new Set()
  const isObject = typeof session === 'object' && session !== null
  if (isObject && SessionFacts.isSession(session)) return SessionFacts.visitOf(session).sids()
  throw new TypeError(`sessions.${option}: expected the session of a request`)
}
