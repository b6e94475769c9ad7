import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Session } from '../src/session/session.ts'
import type { Visit } from '../src/sessions/sessions.ts'
import {
  beginAnew,
  commitModel,
  createModel,
  LIMITS,
  type Model,
  openModel,
  replace,
} from './session-model.ts'
import { type Clock, createClock, present, sessionsOf, setCookie, START } from './support.ts'
import { anyUnit } from './record/texts.ts'

type Data = Record<string, unknown>

interface Real {
  readonly clock: Clock
  readonly sessions: ReturnType<typeof sessionsOf>
  visit: Visit<Data>
  cookie: string | undefined
  /** The real id for each id of the model. */
  readonly ids: Map<number, string>
}

const sessionOf = (real: Real): Session<Data> => real.visit.session

function check(model: Model, real: Real): void {
  const session = sessionOf(real)
  expect(Object.entries(session)).toEqual([...model.data])
  expect(session.subject).toBe(model.subject)
  expect(session.permanent).toBe(model.permanent)
  expect(session.createdAt.getTime()).toBe(model.created * 1000)
  expect(session.isNew).toBe(session.explain().opened !== 'opened')
  for (const seconds of [0, 60, 600]) {
    const isFresh = model.subject !== undefined && model.at - model.created <= seconds
    expect(session.isFresh(seconds)).toBe(isFresh)
  }
  const id = real.ids.get(model.id)
  if (id === undefined) expect([...real.ids.values()]).not.toContain(session.id)
  else expect(session.id).toBe(id)
  real.ids.set(model.id, session.id)
}

/** One step: its effect on the model and on the session, which are compared after each step. */
function command(
  name: string,
  onModel: (model: Model) => void,
  onReal: (real: Real, model: Model) => unknown,
) {
  return {
    check: () => true,
    async run(model: Model, real: Real) {
      onModel(model)
      await onReal(real, model)
      check(model, real)
    },
    toString: () => name,
  }
}

const keys: fc.Arbitrary<string> = fc.constantFrom(
  'a',
  'b',
  'cart',
  '__proto__',
  'toJSON',
  'then',
  'constructor',
  '$date',
  'a b',
  '',
  '"',
  '\\',
)
const values = fc.oneof(
  fc.jsonValue({ maxDepth: 2, stringUnit: anyUnit }),
  fc.constantFrom({ list: [1] }, new Date(5), 1n),
)
const subjects = fc.constantFrom('alice', 'bob', '$', '"')
const pauses = fc.oneof(
  fc.constant(1),
  fc.constantFrom(59, 60, 61, 299, 300, 599, 600, 2999, 6000),
  fc.nat(700),
)
const categories = fc.constantFrom('info', 'error')

async function closeVisit(real: Real): Promise<void> {
  const line = setCookie(await real.visit.close())
  if (line === undefined) return
  real.cookie = line.includes('; Max-Age=0;') ? undefined : line.slice(0, line.indexOf(';'))
}

const commands = [
  fc.tuple(keys, values).map(([key, value]) =>
    command(
      `set ${key}`,
      (model) => model.data.set(key, value),
      (real) => {
        Reflect.set(sessionOf(real), key, structuredClone(value))
      },
    ),
  ),
  keys.map((key) =>
    command(
      `delete ${key}`,
      (model) => model.data.delete(key),
      (real) => Reflect.deleteProperty(sessionOf(real), key),
    ),
  ),
  keys.map((key) =>
    command(
      `undefine ${key}`,
      (model) => model.data.delete(key),
      (real) => {
        // A value of undefined counts as removed; the entry is removed too, so that both can be compared.
        Reflect.set(sessionOf(real), key, undefined)
        Reflect.deleteProperty(sessionOf(real), key)
      },
    ),
  ),
  keys.map((key) =>
    command(
      `pop ${key}`,
      (model) => model.data.delete(key),
      (real) => {
        const session = sessionOf(real)
        const held: unknown = Object.hasOwn(session, key) ? session[key] : undefined
        expect(session.pop(key as 'a')).toEqual(held)
      },
    ),
  ),
  fc.constant(
    command(
      'push into a',
      (model) =>
        model.data.set('a', [
          ...(Array.isArray(model.data.get('a')) ? (model.data.get('a') as unknown[]) : []),
          1,
        ]),
      (real) => {
        const session = sessionOf(real)
        const list: unknown = session['a']
        if (Array.isArray(list)) list.push(1)
        else session['a'] = [1]
      },
    ),
  ),
  fc.constant(
    command(
      'clear',
      (model) => model.data.clear(),
      (real) => sessionOf(real).clear(),
    ),
  ),
  fc.constant(
    command(
      'regenerate',
      (model) => {
        model.id = ++model.serial
      },
      (real) => sessionOf(real).regenerate(),
    ),
  ),
  fc.constantFrom('destroy', 'logout').map((name) =>
    command(
      name,
      (model) => {
        model.data.clear()
        Object.assign(model, { asked: false, flash: [], ends: new Map() })
        replace(model)
      },
      (real) => (name === 'destroy' ? sessionOf(real).destroy() : sessionOf(real).logout()),
    ),
  ),
  fc.tuple(subjects, fc.array(keys, { maxLength: 3 })).map(([subject, keep]) =>
    command(
      `login ${subject}, keep ${keep.join()}`,
      (model) => {
        const { permanent, asked, flash, came } = model
        if (model.subject === subject) {
          beginAnew(model)
          Object.assign(model, { subject, permanent })
          return
        }
        for (const key of model.data.keys()) if (!keep.includes(key)) model.data.delete(key)
        for (const key of model.ends.keys()) if (!keep.includes(key)) model.ends.delete(key)
        if (model.subject !== undefined) model.flash = flash.filter((message) => !came.includes(message))
        replace(model)
        Object.assign(model, { subject, permanent: asked })
      },
      (real) => sessionOf(real).login(subject, { keep }),
    ),
  ),
  fc.boolean().map((permanent) =>
    command(
      `permanent = ${permanent}`,
      (model) => Object.assign(model, { permanent, asked: permanent }),
      (real) => {
        sessionOf(real).permanent = permanent
      },
    ),
  ),
  fc.tuple(categories, fc.constantFrom('Saved', '"$')).map(([category, message]) =>
    command(
      `flash ${category} ${message}`,
      (model) => {
        model.flash = [...model.flash, { serial: ++model.serial, category, message }]
      },
      (real) => sessionOf(real).flash(category, message),
    ),
  ),
  categories.map((category) =>
    command(
      `take ${category}`,
      (model) => {
        model.taken = model.flash.filter((message) => message.category === category)
        model.flash = model.flash.filter((message) => message.category !== category)
      },
      (real, model) => {
        expect(sessionOf(real).flash(category)).toEqual(model.taken.map(({ message }) => message))
      },
    ),
  ),
  fc.constant(
    command(
      'take all messages',
      (model) => {
        model.taken = model.flash
        model.flash = []
      },
      (real, model) => {
        const taken = model.taken.map(({ category, message }) => ({ category, message }))
        expect(sessionOf(real).flash()).toEqual(taken)
      },
    ),
  ),
  fc.tuple(keys, fc.constantFrom(0, 1, 60, 300, Infinity)).map(([key, seconds]) =>
    command(
      `expire ${key} in ${seconds} s`,
      (model) => {
        if (seconds === Infinity) model.ends.delete(key)
        else model.ends.set(key, model.at + seconds)
      },
      (real) => sessionOf(real).expire(key, seconds),
    ),
  ),
  fc.constant(command('save', commitModel, (real) => sessionOf(real).save())),
  fc.tuple(pauses, fc.boolean()).map(([seconds, extend]) =>
    command(
      `next request after ${seconds} s${extend ? '' : ', which does not count as use'}`,
      (model) => {
        commitModel(model)
        model.at += seconds
        model.extends = extend
        openModel(model)
      },
      async (real) => {
        await closeVisit(real)
        real.clock.at += seconds
        real.visit = await real.sessions.open(real.cookie, { extend })
      },
    ),
  ),
]

describe('a session, compared with a plain model', () => {
  it('behaves in the same way for any actions in any order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { size: '+1', maxCommands: 40 }), async (steps) => {
        const clock = createClock()
        const sessions = sessionsOf({ now: clock.now, lifetime: LIMITS })
        const visit = await sessions.open(undefined)
        const model = createModel(START)
        const real: Real = { clock, sessions, visit, cookie: undefined, ids: new Map() }
        await fc.asyncModelRun(() => ({ model, real }), steps)
      }),
    )
  })

  it('returns the data of the previous request when it is read alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(keys, values, { noNullPrototype: true }), async (data) => {
        fc.pre(Object.keys(data).length > 0)
        const sessions = sessionsOf()
        const visit = await sessions.open(undefined)
        Object.assign(visit.session, data)
        const line = present(setCookie(await visit.close()))
        const { session } = await sessions.open(line.slice(0, line.indexOf(';')))
        expect(Object.entries(session)).toEqual(Object.entries(data))
      }),
    )
  })
})
