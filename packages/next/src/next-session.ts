import type { Session, Sessions } from '@keepsake/core'
import { checkSessions } from '@keepsake/core/adapter'
import { type FetchVisit, fromJar, open } from '@keepsake/fetch'
import { cookies } from 'next/headers.js'
import { after, NextResponse } from 'next/server.js'
import { cache } from 'react'
import { readOnly, refuse } from './read-only.ts'
import { answerFailure, type Outcome, responseOf } from './route-handler.ts'

/** The session of an application on Next.js, in each of the places where Next runs its code. */
export interface NextSession<D> {
  /**
   * The session of this request, to be read: in components, actions and route handlers, however often. In `withSession`, and in
   * what is called there, it is the session that `withSession` saves.
   *
   * What would change it throws a `TypeError`, which says where to change it. Flash messages are shown and stay, until `withSession` takes
   * them.
   *
   * @throws {StoreError} when the store fails, unless `whenStoreFails` is `'anonymous'`.
   */
  readonly getSession: () => Promise<Session<D>>
  /**
   * A server action or a route handler whose session is saved before it answers, also after `redirect()`. It is given the session,
   * and then what Next gives.
   *
   * ```ts
   * export const addToCart = withSession(async (session, form: FormData) => {
   *   ;(session.cart ??= []).push(form.get('sku') as string)
   *   redirect('/cart')
   * })
   * ```
   *
   * What an action has changed before it throws is saved. What a route handler has changed before it throws is not: Next answers that
   * without cookies. `redirect()`, `notFound()` and the like are answers.
   *
   * Where the session cannot be saved, a route handler answers with the status of the error, and an action throws it: see
   * `Visit.close` of `@keepsake/core`.
   *
   * @throws {TypeError} in a component.
   */
  readonly withSession: <Given extends readonly unknown[], Answer>(
    act: (session: Session<D>, ...given: Given) => Answer,
  ) => (...given: Given) => Promise<Awaited<Answer>>
  /**
   * What `proxy.ts` exports: it extends the session that a request comes with, which nothing else does for pages. As part of a proxy of
   * your own it takes your response. Where the session cannot be opened or written, it says so on standard error, and lets the request pass.
   */
  readonly proxy: (request: Request, response?: unknown) => Promise<Response>
}

/** A visit, for as long as something of the request may still change its session. */
interface Opened<D> {
  readonly session: Session<D>
  readonly view: Session<D>
  /** Saves the session with what came of the last writer. */
  readonly save: (outcome: Outcome) => Promise<Outcome>
  /** How many `withSession` are at work; the last one saves. */
  writers: number
}

/**
 * ```ts
 * export const { getSession, withSession, proxy } = createNextSession(() =>
 *   createSessions({ secrets: [process.env.SESSION_SECRET] }),
 * )
 * ```
 *
 * @param given Sessions, or a function that makes them. It is called at the first request, so that `next build`, which loads all modules,
 * needs neither secret nor store.
 * @throws {ConfigError} for what is neither, and at the first request for wrong options.
 */
export function createNextSession<D>(
  given: Sessions<D> | (() => Sessions<D> | Promise<Sessions<D>>),
): NextSession<D> {
  let made: Sessions<D> | Promise<Sessions<D>> | undefined
  const sessionsOf = () => (made ??= typeof given === 'function' ? given() : given)
  if (typeof given !== 'function') checkSessions<D>(given)
  /** By the cookies of the request: Next has others for what it renders after an action. */
  const opened = new WeakMap<object, Promise<Opened<D>>>()
  type Jar = Awaited<ReturnType<typeof cookies>>

  /** In a component or an action, which have cookies and no response. */
  async function openJar(jar: Jar): Promise<Opened<D>> {
    const get = (name: string): string | undefined => jar.get(name)?.value
    const visit = await fromJar(await sessionsOf(), { get, set: jar.set.bind(jar) })
    let isShown = false
    const { session } = visit
    const view = readOnly(session, () => (isShown = true))
    after(() => isShown || visit.settle())
    const save = async (outcome: Outcome): Promise<Outcome> => (await visit.close(), outcome)
    return { session, view, save, writers: 0 }
  }

  /** In a route handler. */
  async function openRequest(request: Request): Promise<Opened<D>> {
    const visit: FetchVisit<D> = await open(await sessionsOf(), request)
    const { session } = visit
    after(() => visit.settle())
    async function save(outcome: Outcome): Promise<Outcome> {
      const response = responseOf(outcome)
      if (response === undefined) return (visit.settle(), outcome)
      return { status: 'fulfilled', value: await visit.answer(response) }
    }
    return { session, view: session, save, writers: 0 }
  }

  /** Once for one request, though several may ask at once. */
  function openOnce(jar: Jar, openNow: () => Promise<Opened<D>>): Promise<Opened<D>> {
    const opening = opened.get(jar) ?? openNow()
    opened.set(jar, opening)
    return opening
  }

  /** Runs what may change the session, and saves it. */
  async function run(act: (session: Session<D>) => unknown, request?: Request): Promise<Outcome> {
    const jar = await cookies()
    const shared = await openOnce(jar, () => (request ? openRequest(request) : openJar(jar)))
    shared.writers++
    const [outcome] = await Promise.allSettled([(async () => act(shared.session))()])
    if (--shared.writers > 0) return outcome
    // What comes later in this request is another visit, which reads the cookie that is set here.
    opened.delete(jar)
    return shared.save(outcome)
  }

  async function extend(request: Request, response: Response): Promise<Response> {
    const sessions = await sessionsOf()
    // What nobody has a session for stays as cacheable as it is.
    if (sessions.cookie.read(request.headers.get('cookie') ?? undefined) === undefined) return response
    const visit = await open(sessions, request)
    // A look is use.
    void visit.session
    return visit.answer(response)
  }

  return Object.freeze<NextSession<D>>({
    async getSession() {
      const jar = await cookies()
      const { session, view, writers } = await openOnce(jar, () => openJar(jar))
      return writers > 0 ? session : view
    },
    withSession<Given extends readonly unknown[], Answer>(
      act: (session: Session<D>, ...given: Given) => Answer,
    ) {
      return async (...given: Given): Promise<Awaited<Answer>> => {
        if (isRendering()) refuse()
        const [request] = given
        const running = (session: Session<D>): Answer => act(session, ...given)
        const outcome = await (request instanceof Request
          ? run(running, request).catch(answerFailure)
          : run(running))
        if (outcome.status === 'rejected') throw outcome.reason
        return outcome.value as Awaited<Answer>
      }
    },
    async proxy(request, own) {
      const response = own instanceof Response ? own : NextResponse.next()
      // To look at it or not, and to answer where that fails, is for what the request is for.
      return extend(request, response).catch((error: unknown) => (console.error(error), response))
    },
  })
}

/** React's cache remembers while it renders, and nowhere else. */
const once = cache(() => ({}))
const isRendering = (): boolean => once() === once()
