import { describe } from 'vitest'
import { readIronSession } from '../../src/formats/iron-session.ts'
import { itReadsAll, itRefusesChanges } from './support.ts'

interface Keys {
  readonly passwords: Readonly<Record<string, string>>
  readonly ttl: number
}

const readerFor = ({ passwords, ttl }: Keys) =>
  readIronSession({ passwords: new Map(Object.entries(passwords)), ttl })

describe('a session of iron-session', () => {
  itReadsAll('iron-session', readerFor)
  itRefusesChanges('iron-session', readerFor, 'plain values')
})
