import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { metaOf } from './texts.ts'
import { rebase, type ResolveConflict } from '../../src/record/merge.ts'
import type { Change, Step } from '../../src/record/record.ts'
import { readText, writeText } from '../../src/record/text.ts'
import { present, thrown } from '../store-support.ts'

type Data = Record<string, unknown>

const mine: ResolveConflict = (conflict) => conflict.mine
const text = (data: object, subject?: string): string => writeText(data, metaOf({ subject }))
const dataIn = (result: string): Data => present(readText(result)).data

const count =
  (name: string): Change =>
  (data) => {
    data[name] = ((data[name] as number | undefined) ?? 0) + 1
  }

const refuseLocked: Change = (data) => {
  if (data['locked'] === true) throw new Error('locked')
}

/** A handler's actions in order: direct changes, or updates that can be repeated. */
interface Action {
  readonly change: Change
  readonly isStep: boolean
}
const step = (change: Change): Action => ({ change, isStep: true })
const byHand = (change: Change): Action => ({ change, isStep: false })

/** A handler that began with `base`: its actions and its resulting data. */
function handled(base: string, actions: readonly Action[]): { mine: string; steps: readonly Step[] } {
  const { data, subject } = present(readText(base))
  const steps: Step[] = []
  for (const { change, isStep } of actions) {
    const before = text(data, subject)
    change(data)
    if (isStep) steps.push({ before, change, after: text(data, subject) })
  }
  return { mine: text(data, subject), steps }
}

function committed(base: string, actions: readonly Action[], theirs: string): string {
  const done = handled(base, actions)
  return rebase(base, done.steps, done.mine, theirs, mine).text
}

describe('a rebase', () => {
  it('is the handler’s text if no other request has written', () => {
    const actions = [step(count('n')), byHand((data) => (data['x'] = 1)), step(count('n'))]
    const base = text({ n: 5 })
    expect(dataIn(committed(base, actions, base))).toEqual({ n: 7, x: 1 })
  })

  it('repeats updates on the current data', () => {
    const base = text({ n: 1 })
    expect(dataIn(committed(base, [step(count('n')), step(count('n'))], text({ n: 10 })))).toEqual({ n: 12 })
  })

  it('merges other changes before, between and after the updates', () => {
    const actions = [
      byHand((data) => (data['before'] = true)),
      step(count('n')),
      byHand((data) => (data['between'] = true)),
      step(count('n')),
      byHand((data) => (data['after'] = true)),
    ]
    const result = dataIn(committed(text({ n: 0 }), actions, text({ n: 5, theirs: true })))
    expect(result).toEqual({ n: 7, before: true, between: true, after: true, theirs: true })
  })

  it('lets an update see the changes before it', () => {
    const actions = [
      byHand((data) => (data['price'] = 3)),
      step((data) => (data['total'] = Number(data['price']) * Number(data['n']))),
    ]
    expect(dataIn(committed(text({ n: 2, price: 1 }), actions, text({ n: 4, price: 1 })))).toEqual({
      n: 4,
      price: 3,
      total: 12,
    })
  })

  it('does not restore a key that the handler removed after an update', () => {
    const actions = [step(count('n')), byHand((data) => delete data['n'])]
    expect(dataIn(committed(text({ a: 1 }), actions, text({ a: 2 })))).toEqual({ a: 2 })
  })

  it('keeps the subject', () => {
    const base = text({ n: 0 }, 'u1')
    const result = committed(base, [step(count('n'))], text({ n: 3, x: 1 }, 'u1'))
    expect(readText(result)).toMatchObject({ data: { n: 4, x: 1 }, subject: 'u1' })
  })

  it('throws the error of an update on the current data', () => {
    const [base, theirs] = [text({}), text({ locked: true })]
    expect(thrown(() => committed(base, [step(refuseLocked)], theirs))).toMatchObject({ message: 'locked' })
  })

  it('calls onConflict if another change conflicts', () => {
    const base = text({ a: 1 })
    const { mine: left, steps } = handled(base, [byHand((data) => (data['a'] = 2)), step(count('n'))])
    const paths: string[] = []
    const { text: result } = rebase(base, steps, left, text({ a: 3 }), ({ path, theirs }) => {
      paths.push(path)
      return theirs
    })
    expect(paths).toEqual(['a'])
    expect(dataIn(result)).toEqual({ a: 3, n: 1 })
  })

  it('returns the repeated updates, so that they can be rebased again', () => {
    const base = text({ n: 0 })
    const { mine: left, steps } = handled(base, [step(count('n')), step(count('n'))])
    const first = rebase(base, steps, left, text({ n: 10 }), mine)
    expect(first.steps.map(({ before, after }) => [before, after])).toEqual([
      [text({ n: 10 }), text({ n: 11 })],
      [text({ n: 11 }), text({ n: 12 })],
    ])
    const second = rebase(text({ n: 10 }), first.steps, first.text, text({ n: 100 }), mine)
    expect(dataIn(second.text)).toEqual({ n: 102 })
  })
})

describe('many handlers that start with the same data', () => {
  const counters = ['n', 'm'] as const
  const anyAction = fc.oneof(
    fc.constantFrom(...counters).map((name) => ({ kind: 'count' as const, name })),
    fc.constantFrom('x', 'y', 'z').map((name) => ({ kind: 'set' as const, name })),
    fc.record({ kind: fc.constant('push' as const), name: fc.constant('list') }),
    fc.record({ kind: fc.constant('add' as const), name: fc.constantFrom('list', 'other') }),
  )

  it('have the same result as one after the other, in any order of changes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(anyAction, { maxLength: 6 }), { maxLength: 8 }),
        fc.record({ n: fc.nat(5), list: fc.array(fc.constant('old'), { maxLength: 2 }) }),
        (handlers, start) => {
          const base = text(start)
          const model = { counts: { n: start.n, m: 0 }, own: {} as Data, items: [...start.list] as string[] }
          const others: string[] = []
          let standing = base
          for (const [who, actions] of handlers.entries()) {
            const steps = actions.map(({ kind, name }, index): Action => {
              const item = `${who}.${index}`
              if (kind === 'count') {
                model.counts[name] += 1
                return step(count(name))
              }
              // A separate key, because direct changes of two handlers to one key are a conflict.
              if (kind === 'set') {
                model.own[`${name}${who}`] = index
                return byHand((data) => (data[`${name}${who}`] = index))
              }
              const list = name === 'other' ? others : model.items
              list.push(item)
              const push: Change = (data) => {
                data[name] = [...((data[name] as string[] | undefined) ?? []), item]
              }
              return kind === 'push' ? byHand(push) : step(push)
            })
            standing = committed(base, steps, standing)
          }
          const { n = 0, m = 0, list = [], other = [], ...own } = dataIn(standing)
          expect([n, m]).toEqual([model.counts.n, model.counts.m])
          expect(own).toEqual(model.own)
          expect([...(list as string[])].sort()).toEqual(model.items.sort())
          expect([...(other as string[])].sort()).toEqual(others.sort())
        },
      ),
    )
  })
})
