import type { Choices } from './choices.ts'

/** Something that is fed with random input. */
export interface Target {
  readonly name: string
  /** What a run needs once; returns what runs one case. A case throws when it finds something. */
  prepare(): (choices: Choices) => void
}

/** A finding: what was expected does not hold. `input` is what led to it. */
export class Finding extends Error {
  override readonly name = 'Finding'

  constructor(problem: string, input: unknown) {
    super(`${problem}: ${JSON.stringify(input)}`)
  }
}

export function expectThat(holds: boolean, problem: string, input: unknown): void {
  if (!holds) throw new Finding(problem, input)
}
