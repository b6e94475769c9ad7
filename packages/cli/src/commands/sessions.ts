import type { Device } from '@keepsake/core'
import { readArguments } from '../arguments.ts'
import { type Command, type Outcome, UsageError } from '../command.ts'
import { pageOf } from '../page.ts'
import { distance } from '../record.ts'
import { loadSessions, type ManagedSessions } from '../sessions-module.ts'

const HELP = `Usage: keepsake sessions list SUBJECT        --module FILE [--json]
       keepsake sessions revoke HANDLE      --module FILE --subject SUBJECT [--json]
       keepsake sessions revoke-all SUBJECT --module FILE [--json]

Lists and ends the sessions of a subject (who is logged in: an id of the application's users), in the store of an
application.

  --module FILE      a module that exports what createSessions made, as sessions or by default; TypeScript too
  --subject SUBJECT  whose session the handle stands for; another subject's is not ended
  --env FILE         read into the environment before the module is loaded; default .env, where it is there
  --json             prints JSON

A handle comes from the list, and opens nothing. One that begins with - stands after --, at the end.
Exit code 1: there is no such session.`

const OPTIONS = {
  module: { type: 'string' },
  subject: { type: 'string' },
  env: { type: 'string' },
} as const

type Action = (sessions: ManagedSessions, word: string, context: Context) => Promise<Outcome>

interface Context {
  readonly subject: string | undefined
  readonly now: number
}

const ACTIONS: Readonly<Record<string, Action>> = {
  async list(sessions, subject, { now }) {
    const devices = await sessions.listFor(subject)
    const text =
      devices.length === 0 ? 'no sessions' : pageOf(devices.map((device) => sectionOf(device, now)))
    return { code: 0, text, json: { sessions: devices } }
  },
  async revoke(sessions, handle, { subject }) {
    const revoked = await sessions.revoke(handle, { subject })
    const text =
      revoked === undefined ? 'revoked, if there was one' : revoked ? 'revoked' : 'there is no such session'
    return { code: revoked === false ? 1 : 0, text, json: { revoked: revoked ?? null } }
  },
  async 'revoke-all'(sessions, subject) {
    const revoked = await sessions.revokeAll(subject)
    const text = revoked === undefined ? 'all revoked' : `${revoked} revoked`
    return { code: 0, text, json: { revoked: revoked ?? null } }
  },
}

export const sessions: Command = Object.freeze<Command>({
  name: 'sessions',
  summary: 'lists and ends the sessions of a subject, in the store of an application',
  help: HELP,
  async run(args, around) {
    const { values, positionals } = readArguments(args, OPTIONS)
    const [name = '', word, ...rest] = positionals
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined
    if (action === undefined) throw new UsageError(`expected ${Object.keys(ACTIONS).join(', ')}`)
    if (word === undefined || rest.length > 0) throw new UsageError(`${name}: expected one argument`)
    checkSubject(name, values.subject)
    const place = { module: values.module, envFile: values.env ?? '.env' }
    const managed = await loadSessions(place, around)
    try {
      return await action(managed, word, { subject: values.subject, now: around.now })
    } finally {
      await managed.close()
    }
  },
})

function checkSubject(name: string, subject: string | undefined): void {
  if (name !== 'revoke' && subject !== undefined) throw new UsageError('--subject belongs to revoke')
  if (name === 'revoke' && subject === undefined)
    throw new UsageError('revoke: --subject SUBJECT is required: the user whose session the handle names')
}

function sectionOf(device: Device, now: number) {
  const at = (date: Date) => `${date.toISOString()}  (${distance(date.toISOString(), now)})`
  return {
    title: device.handle,
    rows: [
      ['label', device.label ?? ''],
      ['created', at(device.createdAt)],
      ['last seen', at(device.lastSeenAt)],
      ['expires', at(device.expiresAt)],
      ['permanent', device.permanent ? 'yes' : 'no'],
    ],
  } as const
}
