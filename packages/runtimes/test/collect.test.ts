import { expect, it } from 'vitest'
import * as ours from '../src/vitest/collect.ts'

/** The results of the tests that a function registers. */
async function resultsOf(register: () => void, isLeftOut: ours.IsLeftOut = () => false) {
  const results: string[] = []
  for await (const { name, state, problem } of ours.testsOf(async () => register(), isLeftOut))
    results.push([state, name, ...(problem === undefined ? [] : [problem.split('\n')[0]])].join(': '))
  return results
}

it('the runner for other runtimes reports passed, failed, skipped and left-out tests', async () => {
  const results = await resultsOf(
    () => {
      ours.describe('a', () => {
        ours.it('good', () => undefined)
        ours.it('bad', async () => Promise.reject(new Error('broken')))
        ours.it('late', (context: { skip: () => never }) => context.skip())
        ours.it('absent', () => undefined)
      })
      ours.describe.skipIf(true)('b', () => ours.it('any', () => undefined))
    },
    (name) => name === 'a > absent',
  )
  expect(results).toEqual([
    'passed: a > good',
    'failed: a > bad: Error: broken',
    'skipped: a > late',
    'left out: a > absent',
    'skipped: b > any',
  ])
})

it('the runner for other runtimes passes a row of lists as arguments, and any other row as one argument', async () => {
  const given: unknown[] = []
  const results = await resultsOf(() => {
    ours.it.each([
      [1, 'x'],
      [2, 'y'],
    ])('%i', (...args: unknown[]) => given.push(args))
    ours.it.each([{ name: 'z' }, []])('of $name', (...args: unknown[]) => given.push(args))
  })
  expect(results).toEqual(['passed: 1', 'passed: 2', 'passed: of z', 'passed: of $name'])
  expect(given).toEqual([[1, 'x'], [2, 'y'], [{ name: 'z' }], [[]]])
})

it('the runner for other runtimes calls hooks from the outside in and back, even after a failure', async () => {
  const calls: string[] = []
  await resultsOf(() => {
    ours.beforeEach(() => calls.push('outer'))
    ours.afterEach(() => calls.push('outer again'))
    ours.describe('inner', () => {
      ours.beforeEach(() => calls.push('inner'))
      ours.afterEach(() => calls.push('inner again'))
      ours.it('fails', () => {
        ours.onTestFinished(() => calls.push('finished'))
        throw new Error('broken')
      })
    })
  })
  expect(calls).toEqual(['outer', 'inner', 'finished', 'inner again', 'outer again'])
})
