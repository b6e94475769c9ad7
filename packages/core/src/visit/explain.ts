import type { Explanation } from '../session/state.ts'
import type { Commits } from './commit.ts'
import { reasonOf } from './decide.ts'

/** Why a visit has this session, and what a commit would do now. */
export function explainCommits(commits: Commits): Explanation {
  const { record, setup, draft } = commits
  const inForce = record && (record.place === undefined ? 'cookie' : 'store')
  const { mode } = setup
  const isEndable = record === undefined ? !mode.isLazy : mode.watchRecord(record) !== undefined
  const logoutEnds: Explanation['logoutEnds'] = isEndable ? 'every_copy' : 'browser_cookie'
  const known = { mode: inForce ?? mode.name, opened: draft.lookup.reason, logoutEnds }
  try {
    return { ...known, closes: commits.isOver ? 'gone' : commits.decide().plan.reason }
  } catch (error) {
    return { ...known, closes: reasonOf(error) }
  }
}
