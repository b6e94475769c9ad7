import type { StoredSession } from '@keepsake/core'
import { readArguments } from '../arguments.ts'
import { type Command, type Outcome, UsageError } from '../command.ts'
import { eachOf, unlessInterrupted, type Work } from '../sessions/each.ts'
import { type Filter, FILTER_OPTIONS, readFilter } from '../sessions/filter.ts'
import { loadSessions } from '../sessions/module.ts'
import { listPage, sessionPage } from '../sessions/pages.ts'
import { checkMeant, revokeMany, revokeOne } from '../sessions/revoke.ts'

const HELP = `Usage: keepsake sessions list            --module FILE [FILTERS] [--json]
       keepsake sessions count           --module FILE [FILTERS] [--json]
       keepsake sessions show HANDLE     --module FILE [--json]
       keepsake sessions revoke HANDLE   --module FILE [--subject SUBJECT] [--json]
       keepsake sessions revoke          --module FILE FILTERS | --all [--yes] [--json]

Lists, counts and revokes the sessions in the store of an application.

  --module FILE          a JavaScript or TypeScript module that exports the result of createSessions, as sessions or default
  --env FILE             loaded into the environment before the module; default .env, if it exists
  --json                 prints JSON

Filters; a session must match all of them:
  --subject SUBJECT      sessions of this user, by the id that the application passed to login
  --logged-in            sessions of any user
  --anonymous            sessions without a user
  --older-than DURATION  started, or logged in, at least that long ago, such as 30m, 24h or 31d
  --newer-than DURATION  started, or logged in, more recently than that
  --idle DURATION        last seen at least that long ago

To revoke several sessions:
  --all                  every session
  --yes                  does not ask for confirmation; required where there is no terminal to ask on

list prints the handles. A handle opens nothing. Put one that begins with - at the end, after --.
Exit code 1: there is no such session, or you did not confirm. 130: stopped by Ctrl-C; the message reports the progress.`

const OPTIONS = {
  ...FILTER_OPTIONS,
  module: { type: 'string' },
  env: { type: 'string' },
  all: { type: 'boolean' },
  yes: { type: 'boolean' },
} as const

interface Asked {
  /** The handle, if one was given. */
  readonly word: string | undefined
  readonly filter: Filter
  readonly isAll: boolean
  readonly isSure: boolean
  /** Epoch milliseconds. */
  readonly now: number
}

interface Action {
  /** The argument that it takes besides options. */
  readonly word: 'none' | 'a handle' | 'a handle or none'
  readonly run: (work: Work, asked: Asked) => Promise<Outcome>
}

const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['list', { word: 'none', run: list }],
  ['count', { word: 'none', run: count }],
  ['show', { word: 'a handle', run: show }],
  ['revoke', { word: 'a handle or none', run: revoke }],
])

export const sessions: Command = Object.freeze<Command>({
  name: 'sessions',
  summary: 'lists, counts and revokes sessions in the store of an application',
  help: HELP,
  async run(args, around) {
    const { values, positionals } = readArguments(args, OPTIONS)
    const [name = '', word, ...rest] = positionals
    const action = ACTIONS.get(name)
    if (action === undefined) throw new UsageError(`expected ${[...ACTIONS.keys()].join(', ')}`)
    const filter = readFilter(values, around.now)
    const { all: isAll = false, yes: isSure = false } = values
    const asked = { word, filter, isAll, isSure, now: around.now }
    checkWord(name, action, asked, rest)
    const managed = await loadSessions({ module: values.module, envFile: values.env ?? '.env' }, around)
    const { terminal } = around
    try {
      return await action.run({ sessions: managed, terminal, signal: terminal.interruption() }, asked)
    } finally {
      await managed.close()
    }
  },
})

function checkWord(
  name: string,
  action: Action,
  { word, filter, isAll, isSure }: Asked,
  rest: readonly string[],
) {
  const isWrong = word === undefined ? action.word === 'a handle' : action.word === 'none'
  if (isWrong || rest.length > 0)
    throw new UsageError(
      `${name}: expected ${action.word === 'none' ? 'options only' : 'one HANDLE'} after it`,
    )
  if (name !== 'revoke' && (isAll || isSure)) throw new UsageError('--all and --yes belong to revoke')
  if (word !== undefined && (!filter.isBare || isAll))
    throw new UsageError(`${name}: a HANDLE allows no filter except --subject`)
  if (name === 'revoke' && word === undefined) checkMeant(filter, isAll)
}

async function list(work: Work, { filter, now }: Asked): Promise<Outcome> {
  const found: StoredSession[] = []
  for await (const session of eachOf(work, filter)) found.push(session)
  found.sort((a, b) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime())
  return { code: 0, text: listPage(found, now), json: { sessions: found } }
}

/** Without a filter the store counts, which opens no record. */
async function count(work: Work, { filter }: Asked): Promise<Outcome> {
  const isAll = filter.isBare && filter.subject === undefined
  const counted = isAll
    ? await unlessInterrupted(work.sessions.count(), work.signal)
    : await countEach(work, filter)
  return { code: 0, text: `${counted}`, json: { count: counted } }
}

async function countEach(work: Work, filter: Filter): Promise<number> {
  const steps = eachOf(work, filter)
  let counted = 0
  while ((await steps.next()).done !== true) counted++
  return counted
}

async function show({ sessions }: Work, { word = '', now }: Asked): Promise<Outcome> {
  const session = await sessions.find(word)
  if (session === undefined) return { code: 1, text: 'there is no such session', json: { session: null } }
  return { code: 0, text: sessionPage(session, now), json: { session } }
}

async function revoke(work: Work, { word, filter, isSure }: Asked): Promise<Outcome> {
  return word === undefined ? revokeMany(work, filter, isSure) : revokeOne(work, word, filter.subject)
}
