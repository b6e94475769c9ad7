import {
  createSessions,
  type Session,
  SessionGoneError,
  type Sessions,
  type SessionsOptions,
  type Store,
} from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import { pass } from './store-pass.ts'
import { begin, type Cart, look, newSecret, TIME_LIMIT_MS, visit } from './store-requests.ts'
import { PATIENCE_MS, type Stages } from './store-stage.ts'

const IDLE = 600
const ABSOLUTE = 1000

/** The use of a store: for sessions, or for the revocation list of sealed ones. */
const USES: Readonly<Record<string, (store: Store) => Partial<SessionsOptions>>> = {
  stored: (store) => ({ store }),
  'sealed and revocable': (store) => ({ revocation: store, revocationCache: 0 }),
}

type Open = (limits?: SessionsOptions['lifetime']) => Sessions<Cart>

interface Attack {
  readonly open: Open
  /** Another process of the same application. */
  readonly elsewhere: Open
  readonly wait: (seconds: number) => Promise<void>
}

/** Each returns a cookie that must not open a session. Those with `all` in their name need to find a user's sessions. */
const ATTACKS: Readonly<Record<string, (attack: Attack) => Promise<string>>> = {
  'a cookie that was planted before the login': async ({ open }) => {
    const planted = await bought(open())
    await visit(open(), planted, (session) => session.login('alice'))
    return planted
  },
  'a cookie from before a second login': async ({ open }) => {
    const before = await loggedIn(open())
    await visit(open(), before, (session) => session.login('alice'))
    return before
  },
  'a cookie that was copied before the logout': async ({ open, elsewhere }) => {
    const copied = await loggedIn(open())
    await visit(elsewhere(), copied, (session) => session.logout())
    return copied
  },
  'a cookie whose slow request fails to write after the logout': async ({ open, elsewhere }) => {
    const cookie = await loggedIn(open())
    const slow = await begin(open(), cookie)
    slow.session.count = 1
    await visit(elsewhere(), cookie, (session) => session.logout())
    await expect(slow.close()).rejects.toBeInstanceOf(SessionGoneError)
    return cookie
  },
  'a new cookie that a slow request sets after the logout': async ({ open, elsewhere }) => {
    const cookie = await loggedIn(open())
    const slow = await begin(open(), cookie)
    slow.session.regenerate()
    await visit(elsewhere(), cookie, (session) => session.logout())
    return slow.close()
  },
  'a cookie from before all sessions were logged out': async ({ open, elsewhere }) => {
    const [other, mine] = [await loggedIn(open()), await loggedIn(open())]
    await visit(elsewhere(), mine, (session) => session.logout({ everywhere: true }))
    return other
  },
  'a cookie from before all sessions were revoked': async ({ open, elsewhere }) => {
    const cookie = await loggedIn(open())
    await elsewhere().revokeAll('alice')
    return cookie
  },
  'a cookie after the idle limit': async ({ open, wait }) => {
    const cookie = await loggedIn(open({ idle: 1 }))
    await wait(2)
    return cookie
  },
  'a cookie after the absolute limit, even with constant activity': async ({ open, wait }) => {
    const limits = { idle: 2, absolute: 3 }
    let cookie = await loggedIn(open(limits))
    for (let n = 0; n < 3; n++) {
      await wait(1.5)
      const { session, close } = await begin(open(limits), cookie)
      if (!session.isNew) session.count = n
      cookie = await close()
    }
    return cookie
  },
}

/** Known attacks on sessions, in two processes, with the store as each mode uses it. */
export function testAttacks(stage: Stages): void {
  describe.each(Object.entries(USES))('with %s sessions', { timeout: PATIENCE_MS }, (use, optionsFor) => {
    // A row has one key for all its cookies, and a sealed session a separate sid in each.
    const canEndRenewed = use === 'stored'

    async function stageAttack(): Promise<Attack & { readonly canRevokeAll: boolean }> {
      const { place, store, other, clock } = await stage()
      const canRevokeAll = store.bySubject !== undefined || optionsFor(store).store === undefined
      const secret = newSecret()
      let ahead = 0
      const over =
        (one: Store): Open =>
        (lifetime = { idle: IDLE, absolute: ABSOLUTE }) =>
          createSessions<Cart>({
            secrets: [secret],
            lifetime,
            now: () => clock.now() + ahead,
            storeTimeLimit: TIME_LIMIT_MS,
            ...optionsFor(keptOf(one)),
          })
      // If the backend has its own clock, only the sessions' clock advances: they end by themselves (R32).
      const wait = async (seconds: number): Promise<void> => {
        if (place.hasOwnClock === true) ahead += seconds * 1000
        else await clock.pass(seconds * 1000)
      }
      return { open: over(store), elsewhere: over(other), wait, canRevokeAll }
    }

    it.for(Object.entries(ATTACKS))('%s opens no session', async ([name, attack], context) => {
      const staged = await stageAttack()
      if (!staged.canRevokeAll && name.includes('all')) context.skip('the store has no bySubject')
      const cookie = await attack(staged)
      for (const sessions of [staged.open(), staged.elsewhere()])
        expect(await look(sessions, cookie)).toBeUndefined()
    })

    it('a new cookie opens no session after a parallel logout with the old one, or that logout fails', async () => {
      const { open, elsewhere } = await stageAttack()
      const cookie = await loggedIn(open())
      const slow = await begin(open(), cookie)
      const next = (await visit(elsewhere(), cookie, (session) => session.regenerate())) ?? ''
      slow.session.logout()
      const isOut = await slow.close().then(
        () => true,
        (error: unknown) => !(error instanceof SessionGoneError),
      )
      expect(isOut).toBe(canEndRenewed)
      expect((await look(open(), next)) === undefined).toBe(isOut)
    })

    it('a cookie older than a limit that was shortened later opens no session', async () => {
      const staged = await stageAttack()
      const cookie = await loggedIn(staged.open())
      await staged.wait(2)
      expect(await look(staged.open(), cookie)).toBeDefined()
      expect(await look(staged.elsewhere({ idle: 1 }), cookie)).toBeUndefined()
      expect(await look(staged.elsewhere({ absolute: 1 }), cookie)).toBeUndefined()
    })
  })
}

const keptOf = (store: Store): Store =>
  store.bySubject === undefined ? pass(store) : { ...pass(store), bySubject: store.bySubject.bind(store) }

async function bought(sessions: Sessions<Cart>): Promise<string> {
  return (await visit(sessions, undefined, (session) => (session.items = ['book']))) ?? ''
}

async function loggedIn(sessions: Sessions<Cart>): Promise<string> {
  return (await visit(sessions, undefined, (session: Session<Cart>) => session.login('alice'))) ?? ''
}
