import type { Client } from '../client.ts'
import { type Answer, type Fields, valuesIn } from '../wire.ts'
import { challengesIn, type Offer, offersIn, type Skip, type SkipReason } from './fields.ts'
import { readInstructions } from './instructions.ts'
import { type Algorithm, refreshProof } from './key.ts'
import { needOf } from './need.ts'
import { clearedBy, outcomeOf } from './outcome.ts'
import { type DeviceSession, type Post, register } from './registration.ts'

/** An action of the browser that no page requested. */
export interface DeviceBoundEvent {
  /** What happened to a session; `ended` is final. */
  readonly type: 'registered' | 'registration failed' | 'refreshed' | 'skipped' | 'ended'
  /** The identifier of the session; undefined if none was registered. */
  readonly session: string | undefined
  /** Why a registration failed, or a session was skipped or ended; otherwise undefined. */
  readonly reason: string | undefined
}

export interface DeviceSessionsOptions {
  readonly algorithm: Algorithm
  readonly now: () => number
  /** In seconds. */
  readonly refreshAhead: number
  readonly refreshQuota: number
}

/** The maximum number of requests of one refresh. If it needs more, the session ends, as in Chromium 156. */
const MAX_ROUNDS = 5

/** The sessions for which one browser has keys, and the requests that keep them alive. */
export class DeviceSessions {
  readonly history: DeviceBoundEvent[] = []
  readonly #sessions = new Map<string, DeviceSession>()
  readonly #refreshing = new Map<string, Promise<SkipReason | undefined>>()
  readonly #underWay = new Set<Promise<unknown>>()
  readonly #client: Client
  readonly #post: Post
  readonly #options: DeviceSessionsOptions
  #refreshes = 0

  /** @param client Shares its jar with the pages, but not its connection. */
  constructor(client: Client, origin: string, options: DeviceSessionsOptions) {
    this.#client = client
    this.#post = postBy(client, new URL(origin).origin)
    this.#options = options
  }

  get identifiers(): readonly string[] {
    return [...this.#sessions.keys()]
  }

  /** Refreshes the sessions that a request to this URL needs, and returns those that it skips. */
  async before(url: string): Promise<readonly Skip[]> {
    const { now, refreshAhead } = this.#options
    const skips: Skip[] = []
    for (const [id, session] of this.#sessions) {
      const need = needOf(session, url, this.#client.jar, now() + refreshAhead * 1000)
      if (need === 'refresh beside') this.#start(this.#refreshOnce(id))
      if (need !== 'refresh first') continue
      const reason = await this.#refreshOnce(id)
      if (reason !== undefined) skips.push({ reason, session: id })
    }
    return skips
  }

  /** Handles the fields of a response, and accepts its offers in the background. */
  after(url: string, fields: Fields): void {
    this.#takeChallenges(fields)
    const cleared = clearedBy(valuesIn(fields, 'clear-site-data'))
    if (cleared.cookies) this.#client.jar.clear()
    if (cleared.keys) for (const id of this.identifiers) this.#end(id, 'Clear-Site-Data')
    const offers = offersIn(valuesIn(fields, 'secure-session-registration'))
    for (const offer of offers) this.#start(this.#register(offer, url))
  }

  /** Refreshes every session immediately, even while another refresh is running. */
  async refresh(): Promise<void> {
    await Promise.all(this.identifiers.map((id) => this.#refresh(id)))
  }

  /** Resolves when no work is running in the background. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  #start(work: Promise<unknown>): void {
    const run = work.finally(() => this.#underWay.delete(run))
    this.#underWay.add(run)
  }

  async #register(offer: Offer, base: string): Promise<void> {
    const registered = await register(offer, base, this.#options.algorithm, this.#post)
    if ('refused' in registered) {
      this.#note('registration failed', undefined, registered.refused)
      return
    }
    const { session, answer } = registered
    this.#sessions.set(session.session, session)
    this.#takeChallenges(answer.fields)
    this.#note('registered', session.session)
  }

  /** Requests that need the same refresh share one. */
  #refreshOnce(id: string): Promise<SkipReason | undefined> {
    const underWay = this.#refreshing.get(id)
    if (underWay !== undefined) return underWay
    const refresh = this.#refresh(id).finally(() => this.#refreshing.delete(id))
    this.#refreshing.set(id, refresh)
    return refresh
  }

  async #refresh(id: string): Promise<SkipReason | undefined> {
    if (this.#refreshes++ >= this.#options.refreshQuota) return this.#skip(id, 'quota_exceeded')
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const session = this.#sessions.get(id)
      if (session === undefined) return undefined
      const { challenge, key, refreshUrl } = session
      const answer = await this.#post(refreshUrl, {
        'Sec-Secure-Session-Id': id,
        ...(challenge !== undefined && { 'Secure-Session-Response': refreshProof(key, challenge) }),
      })
      if (answer === undefined) return this.#skip(id, 'unreachable')
      const challenges = this.#takeChallenges(answer.fields)
      const outcome = outcomeOf(answer.status)
      if (typeof outcome === 'object') return this.#skip(id, outcome.skip)
      if (outcome === 'end') return this.#end(id, `status ${answer.status}`)
      if (outcome === 'answered') return this.#renew(id, refreshUrl, answer)
      if (!challenges.has(id)) return this.#end(id, 'status 403 without a challenge for this session')
    }
    return this.#end(id, 'too many challenges')
  }

  #renew(id: string, url: string, { text }: Answer): undefined {
    const session = this.#sessions.get(id)
    if (session === undefined) return undefined
    const read = text === '' ? { instructions: session } : readInstructions(text, url, id)
    if ('refused' in read) return this.#end(id, read.refused)
    this.#sessions.set(id, { ...session, ...read.instructions })
    return this.#note('refreshed', id)
  }

  #takeChallenges(fields: Fields): ReadonlyMap<string, string> {
    const challenges = challengesIn(valuesIn(fields, 'secure-session-challenge'))
    for (const [id, challenge] of challenges) {
      const session = this.#sessions.get(id)
      if (session !== undefined) this.#sessions.set(id, { ...session, challenge })
    }
    return challenges
  }

  #skip(id: string, reason: SkipReason): SkipReason {
    this.#note('skipped', id, reason)
    return reason
  }

  #end(id: string, reason: string): undefined {
    return this.#sessions.delete(id) ? this.#note('ended', id, reason) : undefined
  }

  #note(type: DeviceBoundEvent['type'], session: string | undefined, reason?: string): undefined {
    this.history.push({ type, session, reason })
    return undefined
  }
}

/** Sends requests like Chromium: with the page's origin, and without a body. */
function postBy(client: Client, origin: string): Post {
  const own = { Origin: origin, 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'no-cors' }
  return async (url, headers) => {
    const { pathname, search } = new URL(url)
    try {
      return await client.request(pathname + search, { method: 'POST', headers: { ...own, ...headers } })
    } catch {
      return undefined
    }
  }
}
