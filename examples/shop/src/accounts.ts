import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify<string, Buffer, number, Cost, Buffer>(scrypt)

/** What a hash costs whoever tries passwords, by the parameters of scrypt. */
interface Cost {
  readonly N: number
  readonly r: number
  readonly p: number
}

// OWASP's Password Storage Cheat Sheet, the set that fits into Node's default memory limit of 32 MiB.
const COST: Cost = { N: 2 ** 14, r: 8, p: 5 }
const HASH_BYTES = 32
/** How many characters a password may have. */
export const PASSWORD_LENGTH = { min: 8, max: 256 } as const
const USERNAME = /^[a-z][a-z0-9_-]{0,31}$/

export interface Account {
  readonly username: string
  readonly since: Date
}

export interface Accounts {
  /** A new account, or undefined when the name is taken or badly formed, or the password too short or too long. */
  register(username: string, password: string): Promise<Account | undefined>
  /**
   * The account when the password is right. A name nobody has takes as long as a wrong password; only a password that
   * no account can have, for its length, costs nothing.
   */
  verify(username: string, password: string): Promise<Account | undefined>
  find(username: string): Account | undefined
  /** Gives an account another password. False when there is no such account, or the password is too short or too long. */
  changePassword(username: string, password: string): Promise<boolean>
}

interface Entry {
  readonly account: Account
  readonly salt: Buffer
  readonly hash: Buffer
}

const isPassword = ({ length }: string): boolean =>
  length >= PASSWORD_LENGTH.min && length <= PASSWORD_LENGTH.max

/** A password as it is kept: derived by scrypt, with a salt of its own. */
async function hashOf(password: string, cost: Cost): Promise<Pick<Entry, 'salt' | 'hash'>> {
  const salt = randomBytes(16)
  return { salt, hash: await derive(password, salt, HASH_BYTES, cost) }
}

/** The accounts that are always there, with one password. It stands on the login page. */
export const DEMO = {
  username: 'ada',
  others: ['grace', 'edsger', 'barbara', 'radia', 'frances', 'karen'],
  password: 'analytical-engine',
} as const

/** Accounts kept in memory, with the demo users among them: they are gone when the process ends. Tests take another cost. */
export async function createAccounts(cost: Cost = COST): Promise<Accounts> {
  const entries = new Map<string, Entry>()
  const decoy = { salt: randomBytes(16), hash: randomBytes(HASH_BYTES) }

  const accounts: Accounts = {
    async register(name, password) {
      const username = name.trim().toLowerCase()
      if (!USERNAME.test(username)) return undefined
      if (!isPassword(password)) return undefined
      const secret = await hashOf(password, cost)
      // Asked only now: two registrations of one name may both have been hashing.
      if (entries.has(username)) return undefined
      const account = { username, since: new Date() }
      entries.set(username, { account, ...secret })
      return account
    },

    async verify(name, password) {
      if (!isPassword(password)) return undefined
      const entry = entries.get(name.trim().toLowerCase())
      const { salt, hash } = entry ?? decoy
      const right = timingSafeEqual(await derive(password, salt, HASH_BYTES, cost), hash)
      return right ? entry?.account : undefined
    },

    find: (name) => entries.get(name.trim().toLowerCase())?.account,

    async changePassword(username, password) {
      const entry = entries.get(username)
      if (entry === undefined || !isPassword(password)) return false
      entries.set(username, { ...entry, ...(await hashOf(password, cost)) })
      return true
    },
  }

  // Derived once for all of them: it takes a while, and a password that everybody may read needs no salts.
  const since = new Date()
  const secret = await hashOf(DEMO.password, cost)
  for (const username of [DEMO.username, ...DEMO.others])
    entries.set(username, { account: { username, since }, ...secret })
  return accounts
}
