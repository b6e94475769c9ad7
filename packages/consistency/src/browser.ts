import { setTimeout as wait } from 'node:timers/promises'
import type { Random } from '../../testing/src/store-random.ts'
import { choose } from './choices.ts'
import type { Asked } from './handlers.ts'
import { type History, MOVES, type Operation, type Question, SLOTS, type Tried } from './history.ts'
import { openTab, type Tab } from './tab.ts'
import { createWallet } from './wallet.ts'

/** The environment of browsers. */
export interface Surroundings {
  readonly random: Random
  /** The address of a running node; a different one each time. */
  readonly origin: () => string
  readonly isSealed: boolean
  readonly hangsUp: boolean
  /** Called for each response. */
  readonly onAnswer: (operation: Operation) => void
}

const TABS = 3
/** The limit of requests of all tabs together in one life: more would not fit into a cookie. */
const REQUESTS = 45
/** A final read without a response for this many milliseconds is a fault of its own. */
const LAST_LOOK_MS = 60_000

/** How long, in milliseconds, a session may be unavailable while its new cookie is being taken back. */
const TAKEN_BACK_MS = 5000

/** Lives the life of one browser, and returns its requests and responses. */
export async function live(browser: string, surroundings: Surroundings): Promise<History> {
  const life = new Life(browser, surroundings)
  try {
    await life.run()
    return life.history()
  } finally {
    await life.close()
  }
}

class Life {
  readonly #browser: string
  readonly #around: Surroundings
  readonly #wallet
  readonly #tabs: readonly Tab[]
  readonly #operations: Operation[] = []
  readonly #tried: Tried[] = []
  readonly #since = new Map<string, number>()
  readonly #underWay = new Set<Promise<unknown>>()
  readonly #usedSlots = new Set<string>()
  #beginning: Promise<void> | undefined
  #moment = 0
  #numbers = 0
  #left = REQUESTS
  #isLost = false

  constructor(browser: string, around: Surroundings) {
    this.#browser = browser
    this.#around = around
    this.#wallet = createWallet(around.isSealed)
    this.#tabs = Array.from({ length: around.isSealed ? 1 : TABS }, () => openTab(this.#wallet))
  }

  history(): History {
    return { browser: this.#browser, operations: this.#operations, tried: this.#tried }
  }

  async close(): Promise<void> {
    await Promise.all(this.#tabs.map((tab) => tab.close()))
  }

  async run(): Promise<void> {
    await Promise.all(this.#tabs.map((tab) => this.#browse(tab)))
    const [tab] = this.#tabs
    if (tab === undefined) return
    await this.#lookOnceMore(tab)
    await this.#untilAnswered(tab, { ...NOTHING, kind: 'show' })
    await this.#tryCookies(tab)
  }

  /** Requests of one tab, one after another; occasionally a form that is submitted twice. */
  async #browse(tab: Tab): Promise<void> {
    const { random, isSealed } = this.#around
    const second = openTab(this.#wallet)
    while (this.#left > 0 && !this.#isLost) {
      if (this.#wallet.current() === undefined) await this.#begin(tab)
      const question = choose(random, this.#browser, isSealed)
      if (question.kind === 'put' && !this.#mayPut(question.slot)) continue
      const isDoubleClick = !isSealed && random.below(question.kind === 'login' ? 3 : 30) === 0
      const asked = [this.#ask(tab, question)]
      if (isDoubleClick && question.kind !== 'put') asked.push(this.#ask(second, question))
      await Promise.all(asked)
      if (random.below(4) === 0) await wait(random.below(20))
    }
    await second.close()
  }

  /** Each value to take has its own slot, so that no other value can replace it. */
  #mayPut(slot: string): boolean {
    const isFree = !this.#usedSlots.has(slot)
    this.#usedSlots.add(slot)
    return isFree
  }

  /** Starts a session while all tabs are idle, so that there is exactly one. */
  #begin(tab: Tab): Promise<void> {
    const begin = async (): Promise<void> => {
      while (this.#underWay.size > 0) await Promise.all(this.#underWay)
      while (this.#wallet.current() === undefined) await this.#ask(tab, { ...NOTHING, kind: 'begin' })
      this.#beginning = undefined
    }
    return (this.#beginning ??= begin())
  }

  /** A new cookie whose response was a 503 is taken back, but perhaps not immediately. */
  async #lookOnceMore(tab: Tab): Promise<void> {
    const mayComeBack = this.#operations.some(({ kind, status }) => MOVES.has(kind) && status === 503)
    const end = Date.now() + (mayComeBack ? TAKEN_BACK_MS : 0)
    for (;;) {
      const { answer } = await this.#untilAnswered(tab, { ...NOTHING, kind: 'read' })
      if (answer?.opened !== 'superseded' || Date.now() > end) return
      await wait(100)
    }
  }

  async #untilAnswered(tab: Tab, question: Question): Promise<Operation> {
    const end = Date.now() + LAST_LOOK_MS
    for (;;) {
      const operation = await this.#ask(tab, question)
      if (operation.status === 200) return operation
      if (Date.now() > end) throw new Error(`${this.#browser} got no response to its final read`)
      await wait(50)
    }
  }

  async #tryCookies(tab: Tab): Promise<void> {
    if (this.#around.isSealed) return
    for (const [cookie, name] of this.#wallet.all) {
      if (name === this.#wallet.current()) continue
      const { status, answer } = await tab.tryCookie(
        this.#around.origin(),
        this.#asked({ ...NOTHING, kind: 'read' }),
        cookie,
      )
      if (status === 200)
        this.#tried.push({
          cookie: name,
          since: this.#since.get(name) ?? 0,
          opens: answer?.opened === 'opened',
        })
    }
  }

  #asked(question: Question): Asked {
    const { random } = this.#around
    const pause = random.below(5) === 0 ? random.below(40) : 0
    return { ...question, mark: `${this.#browser}.${++this.#numbers}`, pause }
  }

  #ask(tab: Tab, question: Question): Promise<Operation> {
    const working = this.#askNow(tab, question)
    this.#underWay.add(working)
    return working.finally(() => this.#underWay.delete(working))
  }

  async #askNow(tab: Tab, question: Question): Promise<Operation> {
    const { random, origin, hangsUp, onAnswer } = this.#around
    this.#left--
    const { pause, ...asked } = this.#asked(question)
    const cookie = this.#wallet.current()
    const node = origin()
    const sent = { ...asked, cookie, node, sentAt: ++this.#moment }
    const at = this.#operations.push({ ...sent, answeredAt: Infinity, time: 0, status: 0 }) - 1
    const hangUpAfter = hangsUp && random.below(25) === 0 ? random.below(30) : undefined
    const { status, gets, answer } = await tab.ask(node, { ...asked, pause }, hangUpAfter)
    const answeredAt = status === 0 ? Infinity : ++this.#moment
    const operation: Operation = { ...sent, gets, answeredAt, time: Date.now(), status, answer }
    this.#operations[at] = operation
    this.#note(operation)
    onAnswer(operation)
    return operation
  }

  /** A browser whose own, latest cookie opens nothing has reached the end of its life. */
  #note({ cookie, gets, answer, answeredAt }: Operation): void {
    if (gets !== undefined && !this.#since.has(gets)) this.#since.set(gets, answeredAt)
    const current = this.#wallet.current()
    const isCurrent = current !== undefined && (current === cookie || current === gets)
    if (answer !== undefined && answer.opened !== 'opened' && cookie !== undefined && isCurrent)
      this.#isLost = true
  }
}

const NOTHING: Question = { kind: 'read', how: 'commit', slot: SLOTS[0], user: '' }
