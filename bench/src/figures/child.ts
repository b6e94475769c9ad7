/** Measures one figure in a separate process; prints its goals to standard output as JSON. */
import { FIGURES } from './all.ts'

const goals = await FIGURES[process.argv[2] ?? '']?.measure()
process.stdout.write(JSON.stringify(goals))
