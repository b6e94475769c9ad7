import { describe, expect, it } from 'vitest'
import { readDjangoId } from '../../src/formats/django.ts'
import { itReadsAll, itRefusesChanges, itWithstandsFuzzing } from './support.ts'
import { readersOf } from './targets.ts'

describe('a session of Django in its cookie', () => {
  itReadsAll('django')
  itRefusesChanges('django', 'what a login writes')
  itWithstandsFuzzing(() => readersOf('django'))
})

describe('a session of Django in its table', () => {
  itReadsAll('django-rows')
  itRefusesChanges('django-rows', 'what a login writes')
  itWithstandsFuzzing(() => readersOf('django-rows'))

  it('is found by the id in its cookie', () => {
    const id = 'a0'.repeat(16)
    expect(readDjangoId(id, 0)).toEqual({ id, signed: id })
  })

  it.each(['', 'A0'.repeat(16), 'a0'.repeat(17), '../'.repeat(10), `${'a0'.repeat(16)}\n`])(
    'is not found by a text that is not such an id: %j',
    (value) => expect(readDjangoId(value, 0)).toEqual({ refused: 'malformed' }),
  )
})
