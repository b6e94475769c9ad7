/** An item in the list of its minute. The list maintains `previous` and `next`, as a ring: a single item refers to itself. */
export interface Linked<T> {
  /** Epoch milliseconds. Changes within one minute while the item is in a list. */
  readonly expiresAt: number
  previous: T
  next: T
}

const MINUTE_MS = 60_000

export const minuteOf = (time: number): number => Math.floor(time / MINUTE_MS)

/** Items by the minute of their deadline, so that the first ones are found without scanning the rest. */
export function createDeadlines<T extends Linked<T>>() {
  const firsts = new Map<number, T>()
  let earliest = Infinity

  /** The earliest minute with items: mostly the next one; all are searched only if the gap is wide. */
  function settle(): number {
    for (let steps = 0; steps < firsts.size && !firsts.has(earliest); steps++) earliest++
    if (!firsts.has(earliest)) earliest = [...firsts.keys()].reduce((a, b) => Math.min(a, b), Infinity)
    return earliest
  }

  return {
    add(item: T): void {
      const minute = minuteOf(item.expiresAt)
      earliest = Math.min(earliest, minute)
      const first = firsts.get(minute)
      if (first === undefined) firsts.set(minute, item)
      else insertBefore(first, item)
    },
    remove(item: T): void {
      const minute = minuteOf(item.expiresAt)
      if (item.next === item) firsts.delete(minute)
      else if (firsts.get(minute) === item) firsts.set(minute, item.next)
      takeOut(item)
    },
    /** An item of the earliest minute. */
    first: (): T | undefined => firsts.get(settle()),
    /**
     * The items up to the minute of `time`, earliest first. Those of a past minute have to be removed during the
     * iteration; for the last minute, it yields the items present when it begins, even if they are removed in the meantime.
     */
    *upTo(time: number): Generator<T, void> {
      const last = minuteOf(time)
      while (settle() < last) {
        const first = firsts.get(earliest)
        if (first !== undefined) yield first
      }
      yield* circle(firsts.get(last))
    },
  }
}

function circle<T extends Linked<T>>(first: T | undefined): T[] {
  const items: T[] = []
  for (let item = first; item !== undefined; item = item.next === first ? undefined : item.next)
    items.push(item)
  return items
}

/** Inserting before the first item of a ring appends to it. */
function insertBefore<T extends Linked<T>>(first: T, item: T): void {
  item.previous = first.previous
  item.next = first
  first.previous.next = item
  first.previous = item
}

function takeOut<T extends Linked<T>>(item: T): void {
  item.previous.next = item.next
  item.next.previous = item.previous
  item.previous = item.next = item
}
