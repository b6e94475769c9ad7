import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { decodeObject, encodeObject } from '../../src/record/encode.ts'
import { present } from '../support.ts'

it('session data from other realms can be saved', () => {
  const foreign: unknown = runInNewContext('({ list: [1], at: new Date(0), map: new Map([[1, 2]]) })')
  const { data } = present(decodeObject(encodeObject({ foreign })))
  expect(data).toStrictEqual({ foreign: { list: [1], at: new Date(0), map: new Map([[1, 2]]) } })
})
