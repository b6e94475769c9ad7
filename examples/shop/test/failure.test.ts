import { CrossOriginError } from '@keepsake/core'
import { expect, test, vi } from 'vitest'
import { failureOf } from '../src/failure.ts'
import { CartFullError } from '../src/session.ts'

test('the response to a full cart explains the problem', () => {
  const { status, message } = failureOf(new CartFullError())
  expect(status).toBe(413)
  expect(message).toContain('full')
})

test('the response to a form from another site explains the refusal', () => {
  const { status, message } = failureOf(new CrossOriginError('cross_site'))
  expect(status).toBe(403)
  expect(message).toContain('nothing was done')
})

test('an error of a body parser keeps its status, and its text is not shown', () => {
  expect(failureOf(Object.assign(new Error('request entity too large'), { status: 413 }))).toEqual({
    status: 413,
  })
})

test.each([new Error('inside'), Object.assign(new Error('inside'), { status: 302 }), 'text', undefined])(
  'any other error is a 500, which is logged and not shown',
  (error) => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    expect(failureOf(error)).toEqual({ status: 500 })
    expect(logged).toHaveBeenCalledExactlyOnceWith(error)
    logged.mockRestore()
  },
)

test('a failing store is a 503, which is logged too', () => {
  const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  expect(failureOf(Object.assign(new Error('inside'), { status: 503 }))).toEqual({ status: 503 })
  expect(logged).toHaveBeenCalledOnce()
  logged.mockRestore()
})
