import type { Choices } from './choices.ts'

/** Code that is tested with random input. */
export interface Target {
  readonly name: string
  /** Prepares a run; returns a function that runs one case. A case throws if it finds something. */
  prepare(): (choices: Choices) => void
}

/** A finding: the result is not the expected one. `input` caused it. */
export class Finding extends Error {
  override readonly name = 'Finding'

  constructor(problem: string, input: unknown) {
    super(`${problem}: ${JSON.stringify(input)}`)
  }
}

export function expectThat(holds: boolean, problem: string, input: unknown): void {
  if (!holds) throw new Finding(problem, input)
}
