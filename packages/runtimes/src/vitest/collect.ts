import { format } from 'node:util'

/*
 * The part of Vitest that collects and runs tests, as far as the suites use it. Vitest itself runs on Node only; this runs
 * on any JavaScript runtime. The assertions are Vitest's own (expect.ts).
 */
type Work = (...args: readonly unknown[]) => unknown

/** The argument of a test: the parts of Vitest's context that the suites use. */
const CONTEXT = {
  skip(): never {
    throw SKIPPED
  },
}
const SKIPPED = new Error('skipped')

type Context = typeof CONTEXT

interface Test {
  readonly name: string
  readonly work: (context: Context) => unknown
  readonly isSkipped: boolean
}

class Suite {
  readonly name: string
  readonly isSkipped: boolean
  readonly children: (Suite | Test)[] = []
  readonly hooks: Record<Hook, (() => unknown)[]> = {
    beforeAll: [],
    afterAll: [],
    beforeEach: [],
    afterEach: [],
  }

  constructor(name: string, isSkipped: boolean) {
    this.name = name
    this.isSkipped = isSkipped
  }
}

type Hook = 'beforeAll' | 'afterAll' | 'beforeEach' | 'afterEach'

/** The result of one test: `problem` is its failure. */
export interface Result {
  readonly name: string
  readonly state: 'passed' | 'failed' | 'skipped' | 'left out'
  readonly problem?: string
}

type Add = (name: string, work: (context: Context) => unknown, isSkipped: boolean) => void

const current: { suite: Suite; finished: (() => unknown)[] } = { suite: new Suite('', false), finished: [] }

const addSuite: Add = (name, work, isSkipped) => {
  const outer = current.suite
  const suite = new Suite(name, isSkipped || outer.isSkipped)
  outer.children.push(suite)
  current.suite = suite
  work(CONTEXT)
  current.suite = outer
}

const addTest: Add = (name, work, isSkipped) => void current.suite.children.push({ name, work, isSkipped })

const workOf = (rest: readonly unknown[]): Work =>
  rest.find((one): one is Work => typeof one === 'function') ?? (() => undefined)

/** The common parts of `describe` and `it`: `(name, work)`, `(name, options, work)`, `each`, `skipIf` and `runIf`. */
function registrar(add: Add, isSkipped = false) {
  const register = (name: string, ...rest: readonly unknown[]): void => add(name, workOf(rest), isSkipped)
  const each =
    (rows: readonly unknown[]) =>
    (name: string, ...rest: readonly unknown[]): void => {
      const areLists = rows.every((row) => Array.isArray(row))
      for (const row of rows) {
        const args = areLists ? (row as readonly unknown[]) : [row]
        add(nameOf(name, args), () => workOf(rest)(...args), isSkipped)
      }
    }
  /** Like `each`, but a row is one argument, even if it is an array. */
  const forEach =
    (rows: readonly unknown[]) =>
    (name: string, ...rest: readonly unknown[]): void => {
      for (const row of rows) {
        const work = workOf(rest)
        add(nameOf(name, Array.isArray(row) ? row : [row]), (context) => work(row, context), isSkipped)
      }
    }
  return Object.assign(register, { each, for: forEach })
}

/** Fills `%s` and similar placeholders in order, and `$name` with that property of the row. */
function nameOf(name: string, [first, ...others]: readonly unknown[]): string {
  const named = name.replaceAll(/\$(\w+)/g, (text, key: string) =>
    typeof first === 'object' && first !== null && key in first
      ? String((first as Record<string, unknown>)[key])
      : text,
  )
  const places = named.match(/%[sdifjoO]/g)?.length ?? 0
  return format(named, ...[first, ...others].slice(0, places))
}

function api(add: Add) {
  const plain = registrar(add)
  const skipped = registrar(add, true)
  return Object.assign(plain, {
    concurrent: plain,
    skip: skipped,
    skipIf: (isTrue: boolean) => (isTrue ? skipped : plain),
    runIf: (isTrue: boolean) => (isTrue ? plain : skipped),
  })
}

export const it = api(addTest)
export const describe = api(addSuite)

const hook = (name: Hook) => (work: () => unknown) => void current.suite.hooks[name].push(work)
export const beforeAll = hook('beforeAll')
export const afterAll = hook('afterAll')
export const beforeEach = hook('beforeEach')
export const afterEach = hook('afterEach')
/** Called inside a test. */
export const onTestFinished = (work: () => unknown): void => void current.finished.push(work)

/** Whether to skip a test, by its full name. */
export type IsLeftOut = (name: string) => boolean

/** Collects the tests that `load` registers, runs them in order and yields their results. */
export async function* testsOf(
  load: () => Promise<unknown>,
  isLeftOut: IsLeftOut,
): AsyncGenerator<Result, void> {
  const suite = new Suite('', false)
  current.suite = suite
  await load()
  yield* runSuite(suite, [], [], isLeftOut)
}

async function* runSuite(
  suite: Suite,
  outer: readonly Suite[],
  names: readonly string[],
  isLeftOut: IsLeftOut,
): AsyncGenerator<Result, void> {
  const suites = [...outer, suite]
  if (!suite.isSkipped) for (const work of suite.hooks.beforeAll) await work()
  for (const child of suite.children) {
    const path = [...names, child.name]
    const name = path.join(' > ')
    if (child instanceof Suite) yield* runSuite(child, suites, path, isLeftOut)
    else if (isLeftOut(name)) yield { name, state: 'left out' }
    else if (suite.isSkipped || child.isSkipped) yield { name, state: 'skipped' }
    else yield { name, ...(await runTest(child, suites)) }
  }
  if (!suite.isSkipped) for (const work of suite.hooks.afterAll) await work()
}

async function runTest(test: Test, suites: readonly Suite[]): Promise<Omit<Result, 'name'>> {
  const before = suites.flatMap((suite) => suite.hooks.beforeEach)
  const after = suites.toReversed().flatMap((suite) => suite.hooks.afterEach.toReversed())
  const own = await outcomeOf([...before, () => test.work(CONTEXT)])
  const later = await outcomeOf([...current.finished.splice(0), ...after])
  return own.state === 'passed' ? later : own
}

async function outcomeOf(works: readonly (() => unknown)[]): Promise<Omit<Result, 'name'>> {
  try {
    for (const work of works) await work()
    return { state: 'passed' }
  } catch (error) {
    return error === SKIPPED ? { state: 'skipped' } : { state: 'failed', problem: textOf(error) }
  }
}

export const textOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)
