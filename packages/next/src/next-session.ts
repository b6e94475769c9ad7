import type { Session, Sessions } from '@keepsake/core'
import { checkSessions, isDevicePost } from '@keepsake/core/adapter'
import { type FetchVisit, fromJar, open } from '@keepsake/fetch'
import { cookies } from 'next/headers.js'
import { after, NextResponse } from 'next/server.js'
import { cache } from 'react'
import { readOnly, refuse } from './read-only.ts'
import { answerFailure, type Outcome, responseOf } from './route-handler.ts'

/** The session of a Next.js application, for each place where Next runs its code. */
export interface NextSession<D> {
  /**
   * The session of this request, read-only: in components, actions and route handlers. In `withSession`, and in functions
   * called there, it is the session that `withSession` saves.
   *
   * Changing it throws a `TypeError` that says where to change it. Flash messages are shown, and kept until `withSession`
   * removes them.
   *
   * @throws {StoreError} if the store fails, unless `whenStoreFails` is `'anonymous'`.
   */
  readonly getSession: () => Promise<Session<D>>
  /**
   * A server action or a route handler whose session is saved before it responds, even after `redirect()`. It receives the session,
   * and then Next's arguments.
   *
   * ```ts
   * export const addToCart = withSession(async (session, form: FormData) => {
   *   ;(session.cart ??= []).push(form.get('sku') as string)
   *   redirect('/cart')
   * })
   * ```
   *
   * An action's changes before it throws are saved. A route handler's changes before it throws are not, because Next sends that response
   * without cookies. `redirect()`, `notFound()` and similar calls are responses, and save.
   *
   * If the session cannot be saved, a route handler responds with the status of the error, and an action throws it: see
   * `Visit.close` of `@keepsake/core`.
   *
   * @throws {TypeError} in a component.
   */
  readonly withSession: <Given extends readonly unknown[], Answer>(
    act: (session: Session<D>, ...given: Given) => Answer,
  ) => (...given: Given) => Promise<Awaited<Answer>>
  /**
   * For `proxy.ts`: it extends the request's session, because nothing else does so for pages. In your own proxy,
   * it takes your response. If the session cannot be opened or written, it prints the error to standard error, and lets the request continue.
   */
  readonly proxy: (request: Request, response?: unknown) => Promise<Response>
}

/** A visit during which the request may still change its session. */
interface Opened<D> {
  readonly session: Session<D>
  readonly view: Session<D>
  /** Saves the session with the result of the last writer. */
  readonly save: (outcome: Outcome) => Promise<Outcome>
  /** How many `withSession` calls are running; the last one saves. */
  writers: number
}

/**
 * ```ts
 * export const { getSession, withSession, proxy } = createNextSession(() =>
 *   createSessions({ secrets: [process.env.SESSION_SECRET] }),
 * )
 * ```
 *
 * @param given Sessions, or a function that creates them. It is called at the first request, so that `next build`, which loads all modules,
 * needs neither secret nor store.
 * @throws {ConfigError} for anything else, and at the first request for wrong options.
 */
export function createNextSession<D>(
  given: Sessions<D> | (() => Sessions<D> | Promise<Sessions<D>>),
): NextSession<D> {
  let made: Sessions<D> | Promise<Sessions<D>> | undefined
  const sessionsOf = () => (made ??= typeof given === 'function' ? given() : given)
  if (typeof given !== 'function') checkSessions<D>(given)
  /** Identified by the request's cookies object: Next uses another one to render after an action. */
  const opened = new WeakMap<object, Promise<Opened<D>>>()
  type Jar = Awaited<ReturnType<typeof cookies>>

  /** In a component or an action, which have cookies but no response. */
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

  /** Once per request, even for parallel calls. */
  function openOnce(jar: Jar, openNow: () => Promise<Opened<D>>): Promise<Opened<D>> {
    const opening = opened.get(jar) ?? openNow()
    opened.set(jar, opening)
    return opening
  }

  /** Runs code that may change the session, and saves it. */
  async function run(act: (session: Session<D>) => unknown, request?: Request): Promise<Outcome> {
    const jar = await cookies()
    const shared = await openOnce(jar, () => (request ? openRequest(request) : openJar(jar)))
    shared.writers++
    const [outcome] = await Promise.allSettled([(async () => act(shared.session))()])
    if (--shared.writers > 0) return outcome
    // Later changes in this request belong to another visit, which reads the cookie set here.
    opened.delete(jar)
    return shared.save(outcome)
  }

  async function extend(request: Request, response: Response): Promise<Response> {
    const sessions = await sessionsOf()
    // A proof of the device does not count as use of its session.
    if (isDevicePost(sessions, request.method, () => new URL(request.url).pathname)) return response
    // A page without a session stays cacheable.
    if (sessions.cookie.read(request.headers.get('cookie') ?? undefined) === undefined) return response
    const visit = await open(sessions, request)
    // Reading counts as use.
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
      // The page or handler decides whether to use the session, and handles a failure.
      return extend(request, response).catch((error: unknown) => (console.error(error), response))
    },
  })
}

/** React's cache works only while it renders. */
const once = cache(() => ({}))
const isRendering = (): boolean => once() === once()
