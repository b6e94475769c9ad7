import type { InForce, Mode } from '../modes/mode.ts'
import type { Explanation } from '../session/state.ts'
import type { Commits } from './commit.ts'
import { reasonOf } from './decide.ts'

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

/** Where a session lives, or would live without a record, and which cookies a logout of it ends. */
function whereaboutsOf(mode: Mode, record: InForce | undefined): Pick<Explanation, 'mode' | 'logoutEnds'> {
  if (record === undefined) return { mode: mode.name, logoutEnds: endsOf(!mode.isLazy) }
  const place = record.place === undefined ? 'cookie' : 'store'
  return { mode: place, logoutEnds: endsOf(mode.watchRecord(record) !== undefined) }
}

const endsOf = (isEndable: boolean): Explanation['logoutEnds'] =>
  isEndable ? 'every_copy' : 'browser_cookie'
