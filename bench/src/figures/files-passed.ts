import { createSessions, memoryStore, type Sessions } from '@keepsake/core'
import { Session as Inspector, type Profiler } from 'node:inspector'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { SECRET } from '../data.ts'
import { sourcesOf } from '../structure.ts'

interface Counted {
  visits: number
}

/** Enough requests to complete everything that runs only once. */
const WARM_UP = 3

/**
 * The files of core that a request passes if it changes a session in a memory store: the files of which at least one function
 * runs between `sessions.open(header)` and the end of `visit.close()`. Code that ran at load time or during earlier
 * requests does not count; neither do files with types only.
 *
 * V8 counts calls in the sources: the process must run with `--conditions=@keepsake/source`.
 *
 * @throws {Error} if core was not loaded from its sources.
 */
export async function filesPassed(): Promise<readonly string[]> {
  const sessions = createSessions<Counted>({ secrets: [SECRET], store: memoryStore() })
  let header: string | undefined
  for (let n = 0; n < WARM_UP; n++) header = (await write(sessions, header)) ?? header
  const files = await coveredBy(() => write(sessions, header))
  await sessions.close()
  if (files.length === 0)
    throw new Error('core was not loaded from its sources: run with --conditions=@keepsake/source')
  return files
}

/** One request that counts visits; returns the pair for the next `Cookie` header, if the cookie changed. */
async function write(sessions: Sessions<Counted>, header: string | undefined): Promise<string | undefined> {
  const visit = await sessions.open(header)
  visit.session.visits = (visit.session.visits ?? 0) + 1
  const headers = await visit.close()
  return headers.find(([name]) => name === 'Set-Cookie')?.[1].split(';')[0]
}

async function coveredBy(work: () => Promise<unknown>): Promise<readonly string[]> {
  const inspector = new Inspector()
  inspector.connect()
  inspector.post('Profiler.enable')
  inspector.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  await work()
  const scripts = await new Promise<readonly Profiler.ScriptCoverage[]>((resolve, reject) =>
    inspector.post('Profiler.takePreciseCoverage', (error, found) =>
      error === null ? resolve(found.result) : reject(error),
    ),
  )
  inspector.disconnect()
  const sources = pathToFileURL(sourcesOf('core')).href
  return scripts
    .filter(({ url, functions }) => url.startsWith(sources) && functions.some(hasRun))
    .map(({ url }) => fileURLToPath(url).slice(sourcesOf('core').length))
    .toSorted()
}

/** The first range of a function covers it completely. */
const hasRun = ({ ranges }: Profiler.FunctionCoverage): boolean => (ranges[0]?.count ?? 0) > 0
