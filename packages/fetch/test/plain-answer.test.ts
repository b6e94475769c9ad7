import { expect, it, onTestFinished } from 'vitest'
import { plainResponse } from '../src/index.ts'

it.each([
  [{ status: 409 }, 409, 'Conflict'],
  [{ status: 422 }, 422, 'Error 422'],
  [{ status: 200 }, 500, 'Internal Server Error'],
  [{ status: 302 }, 500, 'Internal Server Error'],
  [{ status: 600 }, 500, 'Internal Server Error'],
  [{ status: '503' }, 500, 'Internal Server Error'],
  ['thrown text', 500, 'Internal Server Error'],
  [null, 500, 'Internal Server Error'],
])('an error %o is answered with %i, in plain text without details', async (error, status, text) => {
  const response = plainResponse(error)
  expect([response.status, await response.text()]).toEqual([status, text])
})

it('an error’s status is read from the error itself, and not from a polluted prototype', () => {
  Object.assign(Object.prototype, { status: 404 })
  onTestFinished(() => void Reflect.deleteProperty(Object.prototype, 'status'))
  expect(plainResponse(new Error('out of stock')).status).toBe(500)
})
