import type { CookieSource } from '@keepsake/core'
import type { DeviceHooks, DeviceVisit, ProofRefusal } from '@keepsake/core/adapter'
import { challengeField, textIn } from './fields.ts'
import { instructions } from './instructions.ts'
import { type Proof, verifyProof, verifyRegistration } from './proof.ts'

/** A browser's POST, on any host. */
export interface Post {
  readonly path: string
  readonly source: CookieSource
  /** Takes a name in lower case. */
  header(name: string): string | undefined
}

/** The response. It is never a redirect, because browsers end the session on one. */
export interface Answer {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** JSON, or empty. */
  readonly body: string
}

type Headers = Answer['headers']

/*
 * A browser ends its session on any 4xx except 403, 407 and 429, and retries after a 5xx.
 */
const BAD_REQUEST = 400
const FORBIDDEN = 403
const CONFLICT = 409
const UNAVAILABLE = 503

/**
 * Answers a browser that registers a key, or proves that it has one. Answers 503 if the store fails.
 *
 * @throws the other errors of `session.save`, such as those for data that cannot be stored.
 */
export async function answerPost(hooks: DeviceHooks, post: Post): Promise<Answer> {
  return (await answer(hooks, post).catch(unlessStoreFails)) ?? status(UNAVAILABLE)
}

async function answer(hooks: DeviceHooks, post: Post): Promise<Answer> {
  const visit = await hooks.open(post.source)
  if (visit.state === 'unknown') return status(UNAVAILABLE)
  const isRegistration = post.path === hooks.register
  if (visit.state === 'over') {
    const headers = await visit.close()
    return isRegistration ? status(BAD_REQUEST, headers) : ended(headers)
  }
  const proof = textIn(post.header('secure-session-response'))
  return isRegistration ? register(hooks, visit, proof) : refresh(hooks, visit, proof, post)
}

async function register(hooks: DeviceHooks, visit: DeviceVisit, given: string | undefined): Promise<Answer> {
  const proof = given === undefined ? 'malformed_proof' : await verifyRegistration(given)
  if (typeof proof === 'string') return refused(visit, proof)
  const state = visit.registrationState(proof.jti)
  if (state !== 'good') return refused(visit, state === 'over' ? 'old_challenge' : 'foreign_challenge')
  // The same proof again, because the browser did not get the response.
  if (visit.bound?.key === proof.key) return instructed(hooks, visit.bound.id, visit.bound.refreshed())
  if (visit.bound !== undefined) return refused(visit, 'bound_otherwise', CONFLICT)
  return bind(hooks, visit, proof)
}

async function bind(hooks: DeviceHooks, visit: DeviceVisit, { key }: Proof): Promise<Answer> {
  try {
    const bound = await visit.register(key)
    if (bound === undefined) return refused(visit, 'bound_otherwise', CONFLICT)
    return instructed(hooks, bound.id, bound.headers)
  } catch (error) {
    const reason = refusalOf(error)
    if (reason === undefined) throw error
    return refused(visit, reason, CONFLICT)
  }
}

async function refresh(
  hooks: DeviceHooks,
  visit: DeviceVisit,
  given: string | undefined,
  post: Post,
): Promise<Answer> {
  const { bound } = visit
  const id = textIn(post.header('sec-secure-session-id'))
  // The browser refers to a binding that this session no longer has.
  if (bound === undefined || id !== bound.id) return ended([])
  const challenge = (): Answer =>
    status(FORBIDDEN, [['Secure-Session-Challenge', challengeField(bound.challenge(), bound.id)]])
  if (given === undefined) return challenge()
  const proof = await verifyProof(given, bound.key)
  const state = typeof proof === 'string' ? proof : bound.challengeState(proof.jti)
  if (state === 'good') return instructed(hooks, bound.id, bound.refreshed())
  // An expired challenge is not an attack: the browser got it earlier.
  if (state !== 'over') visit.refused(state === 'foreign' ? 'foreign_challenge' : state)
  return challenge()
}

const NO_STORE = ['Cache-Control', 'no-store'] as const
const JSON_TYPE = ['Content-Type', 'application/json'] as const

const status = (code: number, headers: Headers = []): Answer => ({
  status: code,
  headers: [...headers.filter(([name]) => name !== NO_STORE[0]), NO_STORE],
  body: '',
})

const json = (value: object, headers: Headers): Answer => ({
  ...status(200, [...headers, JSON_TYPE]),
  body: JSON.stringify(value),
})

const instructed = (hooks: DeviceHooks, id: string, headers: Headers): Answer =>
  json(instructions(hooks, id), headers)

/** Tells the browser to end its session. */
const ended = (headers: Headers): Answer => json({ continue: false }, headers)

function refused(visit: DeviceVisit, reason: ProofRefusal, code = BAD_REQUEST): Answer {
  visit.refused(reason)
  return status(code)
}

/** The reason why a session can never be bound; undefined for a temporary error. */
function refusalOf(error: unknown): ProofRefusal | undefined {
  switch (codeOf(error)) {
    case 'KEEPSAKE_COOKIE_TOO_LARGE':
    case 'KEEPSAKE_RECORD_TOO_LARGE':
      return 'no_room'
    case 'KEEPSAKE_SESSION_GONE':
    case 'KEEPSAKE_SESSION_CONFLICT':
      return 'bound_otherwise'
    default:
      return undefined
  }
}

function unlessStoreFails(error: unknown): undefined {
  if (codeOf(error)?.startsWith('KEEPSAKE_STORE') !== true) throw error
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
