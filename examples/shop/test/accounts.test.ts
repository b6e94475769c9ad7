import { beforeAll, describe, expect, test } from 'vitest'
import { type Accounts, createAccounts, DEMO } from '../src/accounts.ts'

let accounts: Accounts
beforeAll(async () => {
  accounts = await createAccounts()
})

describe('the demo user', () => {
  test('logs in with the password that the login page shows', async () => {
    expect(await accounts.verify(DEMO.username, DEMO.password)).toMatchObject({ username: 'ada' })
  })

  test('cannot log in with another password', async () => {
    expect(await accounts.verify(DEMO.username, `${DEMO.password} `)).toBeUndefined()
    expect(await accounts.verify(DEMO.username, '')).toBeUndefined()
  })
})

const timeOf = async (username: string): Promise<number> => {
  const start = performance.now()
  expect(await accounts.verify(username, 'wrong-password')).toBeUndefined()
  return performance.now() - start
}

test('an unknown user is refused after as long as a wrong password takes', async () => {
  const known = await timeOf(DEMO.username)
  const unknown = await timeOf('nobody')
  // Without the hash it would be thousands of times faster; the wide margin makes the test safe on a busy machine.
  expect(unknown).toBeGreaterThan(known / 10)
})

test('a registered user can log in, whatever the case of the name and the blanks around it', async () => {
  expect(await accounts.register(' Hedy ', 'compiler-1952')).toMatchObject({ username: 'hedy' })
  expect(await accounts.verify('HEDY', 'compiler-1952')).toMatchObject({ username: 'hedy' })
  expect(accounts.find('hedy')?.since).toBeInstanceOf(Date)
})

test('of two simultaneous registrations of one name, one succeeds', async () => {
  const results = await Promise.all([
    accounts.register('twin', 'password-a'),
    accounts.register('twin', 'password-b'),
  ])
  expect(results.filter((account) => account !== undefined)).toHaveLength(1)
})

test.each([
  ['a taken name', 'ada', 'long-enough'],
  ['an empty name', '', 'long-enough'],
  ['a name with markup', '<b>', 'long-enough'],
  ['a name that is too long', 'a'.repeat(33), 'long-enough'],
  ['a short password', 'linus', 'short'],
  ['a password of a megabyte', 'linus', 'x'.repeat(1_000_000)],
])('a registration is refused for %s', async (_, username, password) => {
  expect(await accounts.register(username, password)).toBeUndefined()
})

test('after a change of the password only the new one is accepted', async () => {
  await accounts.register('alan', 'password-old')
  expect(await accounts.changePassword('alan', 'password-new')).toBe(true)
  expect(await accounts.verify('alan', 'password-old')).toBeUndefined()
  expect(await accounts.verify('alan', 'password-new')).toMatchObject({ username: 'alan' })
})

test.each([
  ['alan', 'short'],
  ['alan', 'x'.repeat(257)],
  ['nobody', 'long-enough'],
])('the password of %s cannot be changed to %s', async (username, password) => {
  expect(await accounts.changePassword(username, password)).toBe(false)
})

test('an account shows neither its password nor its hash', () => {
  expect(Object.keys(accounts.find('ada') ?? {})).toEqual(['username', 'since'])
})
