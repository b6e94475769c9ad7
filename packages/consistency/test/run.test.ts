import { expect, it } from 'vitest'
import { readOptions } from '../src/options.ts'
import { story, summary } from '../src/report.ts'
import { run } from '../src/run.ts'

/** A short run, which shows that the long runs of `pnpm test:long` still work. */
it.each(['memory', 'sqlite'])('browsers with the %s store lose no acknowledged change', async (store) => {
  const [options] = readOptions(['--store', store, '--no-faults', '--operations', '600', '--processes', '2'])
  if (options === undefined) throw new Error('no options')
  const progress = await run(options)
  if (progress === undefined) throw new Error('no run')
  const { judged, crashes, statuses } = progress
  expect(judged.filter(({ faults }) => faults.length > 0).map(story)).toEqual([])
  expect([crashes, [...statuses.keys()].filter((status) => ![200, 409, 503].includes(status))]).toEqual([
    0,
    [],
  ])
  expect(summary(options, progress)).toContain(' 0 lost, 0 doubled')
})

it('the consistency run rejects an invalid option with its name', () => {
  expect(() => readOptions(['--store', 'tape'])).toThrow('--store: unknown store tape')
  expect(() => readOptions(['--minutes', 'soon'])).toThrow('--minutes: expected a number')
  expect(() => readOptions(['--flood'])).toThrow('--flood')
})

it('the consistency run omits faults that a store cannot have', () => {
  const [memory] = readOptions(['--store', 'memory', '--kill', '--pause'])
  expect([...(memory?.faults ?? [])]).toEqual(['pause'])
  expect(memory?.processes).toBe(1)
})
