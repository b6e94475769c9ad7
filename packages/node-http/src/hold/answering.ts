import { AsyncLocalStorage } from 'node:async_hooks'

/** What answers in place of a response that was given up, perhaps within what answers to another failure of it. */
interface Answer {
  readonly given: object
  readonly within: Answer | undefined
}

const answers = new AsyncLocalStorage<Answer>()

/**
 * Runs what answers in place of a response that was given up. Everything that it awaits, and that Node calls back for it,
 * belongs to the answer; what the handler still does never comes to belong to it.
 *
 * @param given Stands for the response that was given up.
 */
export function answerFor(given: object, answer: () => void): void {
  answers.run({ given, within: answers.getStore() }, answer)
}

/** Whether the code that runs now answers in place of that response. */
export function isAnswering(given: object): boolean {
  let answer = answers.getStore()
  while (answer !== undefined && answer.given !== given) answer = answer.within
  return answer !== undefined
}
