import { createSessions, memoryStore, type Sessions } from '@keepsake/core'
import { Session as Inspector, type Profiler } from 'node:inspector'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { SECRET } from '../data.ts'
import { sourcesOf } from '../structure.ts'

interface Counted {
  visits: number
}

/** Until everything that happens once has happened. */
const WARM_UP = 3

/**
 * The files of core that a request passes which changes a session in a memory store: those of which at least one function
 * runs between `sessions.open(header)` and the end of `visit.close()`. What ran when a module was loaded, or for the
 * requests before, does not count; nor do files that have types only.
 *
 * Counted by V8, with the sources as they are: the process has to run with `--conditions=@keepsake/source`.
 *
 * @throws {Error} where core was loaded from somewhere else than its sources.
 */
export async function filesPassed(): Promise<readonly string[]> {
  const sessions = createSessions<Counted>({ secrets: [SECRET], store: memoryStore() })
  let header: string | undefined
  for (let n = 0; n < WARM_UP; n++) header = (await write(sessions, header)) ?? header
  const files = await coveredBy(() => write(sessions, header))
  await sessions.close()
  if (files.length === 0)
    throw new Error('core does not run from its sources: use --conditions=@keepsake/source')
  return files
}

/** One request that counts visits; the pair for the next one's `Cookie` header, where there is a new one. */
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

/** The first range of a function is all of it. */
const hasRun = ({ ranges }: Profiler.FunctionCoverage): boolean => (ranges[0]?.count ?? 0) > 0
