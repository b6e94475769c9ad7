import { anatomyOf } from '../anatomy.ts'
import { checkWords, readArguments } from '../arguments.ts'
import { type Command, UsageError } from '../command.ts'
import { foreignPage } from '../foreign/foreign-page.ts'
import { type ForeignInspection, inspectForeign } from '../foreign/inspect-foreign.ts'
import { inspectionPage } from '../inspection-page.ts'
import { type Inspection, inspect as inspectCookie, USUAL_NAMES } from '../inspection.ts'
import { type Purpose, PURPOSES } from '../open-token.ts'
import { type PastedCookie, readPasted } from '../pasted.ts'
import { findForeignSecrets, findSecrets, VARIABLE } from '../secrets.ts'

const HELP = `Usage: keepsake inspect [TOKEN | LINE] [--name NAME] [--audience TEXT] [--purpose PURPOSE] [--json]

Opens a token with the secrets of the application, and shows its parts, times and data, or why it does not open.
Accepts a token, a whole Cookie or Set-Cookie line, or all headers of a request or response. Without an argument it
reads standard input, which keeps the token out of the shell's history. Recognizes cookies of the libraries that
@keepsake/arrival reads, and opens them with the secret of that application, from the variable of --variable.

  --name NAME      the cookie's full name; default: the name in the line, otherwise ${USUAL_NAMES.join(', ')}
  --audience TEXT  the audience option of createSessions
  --purpose P      cookie (default); store: the text of a row, with --row; value: a sealed cookie of createCookie
  --row KEY        the key of the store row that contains the record
  --variable NAME  the variable with the secrets, separated by commas, newest first; default ${VARIABLE}
  --env FILE       the file to read if the environment does not have the variable; default .env
  --json           prints JSON

Exit code 0: it opens, or is the cookie of a session in a store. 1: a token does not open, or there is no token.`

const OPTIONS = {
  name: { type: 'string' },
  audience: { type: 'string' },
  purpose: { type: 'string' },
  row: { type: 'string' },
  variable: { type: 'string' },
  env: { type: 'string' },
} as const

export const inspect: Command = Object.freeze<Command>({
  name: 'inspect',
  summary: 'opens a session cookie, and shows its content or why it does not open',
  help: HELP,
  async run(args, around) {
    const { values, positionals } = readArguments(args, OPTIONS)
    checkWords(positionals, 1)
    const { name, audience = '', row: rowKey, variable = VARIABLE } = values
    const purpose = readPurpose(values.purpose, rowKey)
    const cookies = readPasted(positionals[0] ?? (await around.readInput())).filter(
      (cookie) => name === undefined || cookie.name === undefined || cookie.name === name,
    )
    if (cookies.length === 0) throw new UsageError('no cookie: pass a token, or a Cookie or Set-Cookie line')
    const place = { variable, file: values.env ?? '.env' }
    const foreign = inspectForeign(cookies, {
      secrets: await findForeignSecrets(place, around),
      name,
      now: around.now,
    })
    const others = cookies.filter((cookie) => !foreign.some((one) => isPartOf(cookie, one)))
    const isTheirs = foreign.length > 0 && others.every(({ value }) => anatomyOf(value).kind === 'other')
    if (isTheirs)
      return {
        code: foreign.some(({ found }) => found?.ok) ? 0 : 1,
        text: foreign.map((one) => foreignPage(one, around.now)).join('\n\n'),
        json: { cookies: foreign.map(foreignJson) },
      }
    const secrets = await findSecrets(place, around)
    const names = name === undefined ? USUAL_NAMES : [name]
    const attempt = { secrets, names, audience, purpose, rowKey }
    const inspections = cookies.map((cookie) => inspectCookie(cookie, attempt, around.now))
    return {
      code: isExplained(inspections) ? 0 : 1,
      text: inspections.map((inspection) => inspectionPage(inspection, around.now)).join('\n\n'),
      json: { cookies: inspections.map(jsonOf) },
    }
  },
})

function readPurpose(given = 'cookie', rowKey: string | undefined): Purpose {
  const purpose = PURPOSES.find((purpose) => purpose === given)
  if (purpose === undefined) throw new UsageError(`--purpose: expected ${PURPOSES.join(', ')}`)
  if ((purpose === 'store') !== (rowKey !== undefined))
    throw new UsageError('--purpose store and --row KEY go together')
  return purpose
}

/** Other cookies in the same line are ignored. */
const isExplained = (inspections: readonly Inspection[]): boolean =>
  inspections.some(({ found, anatomy }) => found?.ok === true || anatomy.kind === 'stored') &&
  !inspections.some(({ found }) => found?.ok === false)

const isPartOf = (cookie: PastedCookie, { cookie: other, parts }: ForeignInspection): boolean =>
  cookie === other || parts.includes(cookie.name)

const foreignJson = ({ cookie, libraries, found }: ForeignInspection) => ({
  name: cookie.name,
  attributes: cookie.attributes,
  anatomy: { kind: 'foreign', characters: cookie.value.length, libraries },
  opens: found?.ok,
  reason: found?.ok === false ? found.reason : undefined,
  library: found?.ok ? found.library : undefined,
  beganAt: found?.ok ? found.beganAt : undefined,
  endsAt: found?.ok ? found.endsAt : undefined,
  session: found?.ok ? found.session : undefined,
})

const jsonOf = ({ cookie, anatomy, found, session, secret, keyIds }: Inspection) => ({
  name: found?.ok ? found.name : cookie.name,
  attributes: cookie.attributes,
  anatomy,
  opens: found?.ok,
  reason: found?.ok === false ? found.reason : undefined,
  secret,
  session,
  text: found?.ok && 'text' in found ? found.text : undefined,
  keyIds: found?.ok === false ? keyIds : undefined,
})
