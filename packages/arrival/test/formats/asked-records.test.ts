import { describe, expect, it } from 'vitest'
import { flaskSession } from '../../src/index.ts'
import { arriving, sessionsWith } from '../support.ts'

const id = 'Zq3vJ0vY0m0m8pT4dP-3kqk3v_0aTn4Dq1WcX7u1bYk'
const until = '2036-01-01'

describe('a record that the application returns by readData', () => {
  it('is requested by its id, may be returned synchronously, and is deleted once its session has arrived', async () => {
    const asked: string[] = []
    const arrival = flaskSession({
      readData: (given) => (asked.push(`read ${given}`), '{"user":7}'),
      deleteData: async (given) => asked.push(`delete ${given}`),
      until,
    })
    const { data, told } = await arriving(sessionsWith([arrival]), `session=${id}`)
    expect({ data, told }).toEqual({ data: { user: 7 }, told: ['arrived'] })
    expect(asked).toEqual([`read ${id}`, `delete ${id}`])
  })

  it.each([undefined, null])('is unknown if readData returns %s', async (nothing) => {
    const arrival = flaskSession({ readData: async () => nothing, until })
    expect((await arriving(sessionsWith([arrival]), `session=${id}`)).told).toEqual(['unknown'])
  })

  it.each(['text', '', Buffer.alloc(0)])('is malformed if readData returns %j', async (given) => {
    const arrival = flaskSession({ readData: () => given, until })
    expect((await arriving(sessionsWith([arrival]), `session=${id}`)).told).toEqual(['malformed'])
  })

  it.each([
    ['fails', () => Promise.reject(new Error('gone'))],
    ['returns something else', () => ({ user: 7 }) as never],
  ])('makes the request fail if the function %s', async (_, readData) => {
    const arrival = flaskSession({ readData, until })
    const arrived = arriving(sessionsWith([arrival]), `session=${id}`)
    await expect(arrived).rejects.toMatchObject({ name: 'StoreError' })
  })
})
