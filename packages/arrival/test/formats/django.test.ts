import { describe, expect, it } from 'vitest'
import {
  DJANGO_DEFAULTS,
  type DjangoKeys,
  readDjango,
  readDjangoId,
  readDjangoRecord,
} from '../../src/formats/django.ts'
import { itReadsAll, itRefusesChanges } from './support.ts'

type Keys = Pick<DjangoKeys, 'secretKeys'>

const readerFor = (keys: Keys) => readDjango({ ...DJANGO_DEFAULTS, ...keys })
const recordReaderFor = (keys: Keys) => readDjangoRecord({ ...DJANGO_DEFAULTS, ...keys })

describe('a session of Django in its cookie', () => {
  itReadsAll('django', readerFor)
  itRefusesChanges('django', readerFor, 'what a login writes')
})

describe('a session of Django in its table', () => {
  itReadsAll('django-rows', recordReaderFor)
  itRefusesChanges('django-rows', recordReaderFor, 'what a login writes')

  it('is named by the id in its cookie', () => {
    const id = 'a0'.repeat(16)
    expect(readDjangoId(id, 0)).toEqual({ id, signed: id })
  })

  it.each(['', 'A0'.repeat(16), 'a0'.repeat(17), '../'.repeat(10), `${'a0'.repeat(16)}\n`])(
    'is not named by another text: %j',
    (value) => expect(readDjangoId(value, 0)).toEqual({ refused: 'malformed' }),
  )
})
