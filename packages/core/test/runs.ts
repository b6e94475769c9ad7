import * as fc from 'fast-check'

// How many cases of each property are tried: a few with every change, many in the long run.
fc.configureGlobal({ numRuns: Number(process.env['RUNS'] ?? 100) })
