import { AsyncLocalStorage } from 'node:async_hooks'

/** The code that responds in place of an abandoned response, perhaps nested in another failure's. */
interface Answer {
  readonly given: object
  readonly within: Answer | undefined
}

const answers = new AsyncLocalStorage<Answer>()

/**
 * Runs the code that responds in place of an abandoned response. Everything that it awaits, and Node's callbacks for it,
 * belong to the error response; the handler's own code never does.
 *
 * @param given Identifies the abandoned response.
 */
export function answerFor(given: object, answer: () => void): void {
  answers.run({ given, within: answers.getStore() }, answer)
}

/** Whether the running code responds in place of that response. */
export function isAnswering(given: object): boolean {
  let answer = answers.getStore()
  while (answer !== undefined && answer.given !== given) answer = answer.within
  return answer !== undefined
}
