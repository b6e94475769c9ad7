import * as fc from 'fast-check'

// The number of cases of each property: a few for every change, many in the long run.
fc.configureGlobal({ numRuns: Number(process.env['RUNS'] ?? 100) })
