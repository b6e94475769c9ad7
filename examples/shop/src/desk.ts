import type { Session, Sessions } from '@keepsake/core'
import { type Account, type Accounts, PASSWORD_LENGTH } from './accounts.ts'
import { type Action, type Answer, goTo, show, showLive } from './answer.ts'
import { deviceLabel } from './device-label.ts'
import { field } from './form.ts'
import type { ShopSession } from './session.ts'
import type { Storefront, Visitor } from './storefront.ts'

/** The actions on an account, each for one route. */
export interface Desk {
  readonly showLogin: Action
  readonly login: Action
  readonly logout: Action
  readonly logoutEverywhere: Action
  readonly showAccount: Action
  readonly showDevices: Action
  readonly revoke: Action
  readonly revokeOthers: Action
  readonly showPassword: Action
  readonly confirm: Action
  readonly changePassword: Action
}

export interface DeskOptions {
  readonly shop: Storefront
  readonly sessions: Sessions<ShopSession>
  readonly accounts: Accounts
}

/** How long after a login the user can change the password without entering it again. */
const FRESH = '10m'

const BAD_PASSWORD = `A password has ${PASSWORD_LENGTH.min} to ${PASSWORD_LENGTH.max} characters.`

/** All that the login apps do with sessions; the frameworks only pass the requests on. */
export function createDesk({ shop, sessions, accounts }: DeskOptions): Desk {
  /** For actions that require a login; anonymous visitors are redirected to the login page. */
  const forMember =
    (act: (visitor: Visitor, account: Account, form: unknown) => Answer | Promise<Answer>): Action =>
    (visitor, form) => {
      const account = accounts.find(visitor.session.subject ?? '')
      return account === undefined ? goTo('/login') : act(visitor, account, form)
    }

  return {
    showLogin: (visitor) => show(shop.login(visitor)),

    async login(visitor, form) {
      const { session, headers } = visitor
      const username = field(form, 'username')
      const account = await accounts.verify(username, field(form, 'password'))
      if (account === undefined) return show(shop.login(visitor, username), 422)
      session.login(account.username, { keep: ['cart'], label: deviceLabel(headers['user-agent']) })
      session.permanent = field(form, 'remember') === 'yes'
      session.flash('done', `You are logged in as ${account.username}.`)
      return goTo('/account')
    },

    async logout({ session, headers: { cookie } }, form) {
      session.logout()
      if (field(form, 'copy') === 'try') {
        await session.save()
        session.flash('done', triedCopy(await sessions.open(cookie)))
      } else session.flash('done', 'You are logged out.')
      return goTo('/')
    },

    logoutEverywhere({ session }) {
      session.logout({ everywhere: true })
      session.flash('done', 'You are logged out, here and on every other device.')
      return goTo('/')
    },

    showAccount: forMember((visitor, account) => showLive(shop.account(visitor, account))),

    showDevices: forMember(async (visitor, { username }) => {
      const isListed = shop.place === 'store'
      const current = visitor.session
      return showLive(
        shop.devices(visitor, isListed ? await sessions.listFor(username, { current }) : undefined),
      )
    }),

    revoke: forMember(async ({ session }, { username }, form) => {
      const isEnded = await sessions.revoke(field(form, 'handle'), { subject: username })
      if (isEnded !== false) session.flash('done', 'That device is logged out.')
      else session.flash('problem', 'That device is no longer logged in.')
      return goTo('/devices')
    }),

    revokeOthers: forMember(async ({ session }, { username }) => {
      session.flash('done', othersEnded(await sessions.revokeAll(username, { except: session })))
      return goTo('/devices')
    }),

    showPassword: forMember((visitor) =>
      show(shop.password(visitor, visitor.session.isFresh(FRESH) ? 'new' : 'current')),
    ),

    confirm: forMember(async (visitor, { username }, form) => {
      const account = await accounts.verify(username, field(form, 'password'))
      if (account === undefined)
        return show(shop.password(visitor, 'current', 'That is not your password.'), 422)
      // Another login of the same subject: it gets a new id and start time, and keeps all data.
      visitor.session.login(username)
      return goTo('/password')
    }),

    changePassword: forMember(async (visitor, { username }, form) => {
      const { session } = visitor
      // The form was open for too long; the page asks for the password first.
      if (!session.isFresh(FRESH)) return goTo('/password')
      const isChanged = await accounts.changePassword(username, field(form, 'password'))
      if (!isChanged) return show(shop.password(visitor, 'new', BAD_PASSWORD), 422)
      await sessions.revokeAll(username, { except: session })
      // This also ends copies of this session's cookie.
      session.regenerate()
      session.flash('done', 'Your password is changed, and every other device is logged out.')
      return goTo('/account')
    }),
  }
}

/** The result of a request with the cookie of an ended session. */
function triedCopy({ session }: { readonly session: Session }): string {
  const { opened } = session.explain()
  return session.subject === undefined
    ? `You are logged out. The server tried your old cookie again, as someone with a copy of it would, and refused it: ${opened}.`
    : 'You are logged out, but a copy of your old cookie still opens your session.'
}

/** In cookie mode the number is unknown. */
function othersEnded(count: number | undefined): string {
  if (count === undefined) return 'Every other device is logged out.'
  if (count === 0) return 'No other device was logged in.'
  return count === 1 ? 'One other device is logged out.' : `${count} other devices are logged out.`
}
