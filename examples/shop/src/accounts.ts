import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify<string, Buffer, number, Cost, Buffer>(scrypt)

/** The cost of a hash, as parameters of scrypt: it slows down attackers who guess passwords. */
interface Cost {
  readonly N: number
  readonly r: number
  readonly p: number
}

// From OWASP's Password Storage Cheat Sheet: the parameters that fit into Node's default memory limit of 32 MiB.
const COST: Cost = { N: 2 ** 14, r: 8, p: 5 }
const HASH_BYTES = 32
/** The allowed length of a password in characters. */
export const PASSWORD_LENGTH = { min: 8, max: 256 } as const
const USERNAME = /^[a-z][a-z0-9_-]{0,31}$/

export interface Account {
  readonly username: string
  readonly since: Date
}

export interface Accounts {
  /** A new account, or undefined if the name is taken or invalid, or the password too short or too long. */
  register(username: string, password: string): Promise<Account | undefined>
  /**
   * The account if the password is correct. An unknown name takes as long as a wrong password; only a password of
   * invalid length is rejected without hashing.
   */
  verify(username: string, password: string): Promise<Account | undefined>
  find(username: string): Account | undefined
  /** Changes an account's password. False if there is no such account, or the password is too short or too long. */
  changePassword(username: string, password: string): Promise<boolean>
}

interface Entry {
  readonly account: Account
  readonly salt: Buffer
  readonly hash: Buffer
}

const isPassword = ({ length }: string): boolean =>
  length >= PASSWORD_LENGTH.min && length <= PASSWORD_LENGTH.max

/** A stored password: derived with scrypt and its own salt. */
async function hashOf(password: string, cost: Cost): Promise<Pick<Entry, 'salt' | 'hash'>> {
  const salt = randomBytes(16)
  return { salt, hash: await derive(password, salt, HASH_BYTES, cost) }
}

/** The demo accounts, with a common password that the login page shows. */
export const DEMO = {
  username: 'ada',
  others: ['grace', 'edsger', 'barbara', 'radia', 'frances', 'karen'],
  password: 'analytical-engine',
} as const

/** Accounts in memory, including the demo users; they are lost when the process ends. Tests pass a lower cost. */
export async function createAccounts(cost: Cost = COST): Promise<Accounts> {
  const entries = new Map<string, Entry>()
  const decoy = { salt: randomBytes(16), hash: randomBytes(HASH_BYTES) }

  const accounts: Accounts = {
    async register(name, password) {
      const username = name.trim().toLowerCase()
      if (!USERNAME.test(username)) return undefined
      if (!isPassword(password)) return undefined
      const secret = await hashOf(password, cost)
      // Checked only now: two registrations of one name may have been hashing at the same time.
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

  // Derived once for all of them: it is slow, and a public password needs no salts.
  const since = new Date()
  const secret = await hashOf(DEMO.password, cost)
  for (const username of [DEMO.username, ...DEMO.others])
    entries.set(username, { account: { username, since }, ...secret })
  return accounts
}
