import type { Explanation } from '../session/state.ts'
import type { Commits } from './commit.ts'
import { reasonOf } from './decide.ts'

/** Why a visit's session is what it is, and what a commit would do now. */
export function explainCommits(commits: Commits): Explanation {
  const { record, setup, draft } = commits
  const inForce = record && (record.place === undefined ? 'cookie' : 'store')
  const known = { mode: inForce ?? setup.mode.name, opened: draft.lookup.reason }
  try {
    return { ...known, closes: commits.isOver ? 'gone' : commits.decide().plan.reason }
  } catch (error) {
    return { ...known, closes: reasonOf(error) }
  }
}
