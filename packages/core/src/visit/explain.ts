import type { Explanation } from '../session/state.ts'
import type { Commits } from './commit.ts'
import { reasonOf } from './decide.ts'
import { whereaboutsOf } from './whereabouts.ts'

/** Why a visit has this session, and what a commit would do now. */
export function explainCommits(commits: Commits): Explanation {
  const { record, setup, draft } = commits
  const known = { ...whereaboutsOf(setup.mode, record), opened: draft.lookup.reason }
  try {
    return { ...known, closes: commits.isOver ? 'gone' : commits.decide().plan.reason }
  } catch (error) {
    return { ...known, closes: reasonOf(error) }
  }
}
