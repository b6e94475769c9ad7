import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { splitSecrets } from '@keepsake/core/sealer'
import { checkWords, readArguments } from '../arguments.ts'
import { type Command, type Outcome, RefusedError, UsageError } from '../command.ts'
import { variablesOf, withVariable } from '../env-file.ts'
import { readIfThere, writePrivately } from '../private-file.ts'
import { checkSecrets, VARIABLE } from '../secrets.ts'

const HELP = `Usage: keepsake secret [--write [FILE]] [--rotate | --force] [--variable NAME] [--json]

Prints a new secret: 32 random bytes, as 43 characters.

  --write          writes it to FILE instead, readable only by its owner (mode 0600); default .env
  --rotate         writes it before the existing secrets: it seals from now on, and they still open
  --force          replaces the existing secrets: every session that they sealed ends
  --variable NAME  the variable in FILE; default ${VARIABLE}
  --json           prints JSON

One variable can hold several secrets, separated by commas, newest first. An application accepts them in this form:
  createSessions({ secrets: process.env.${VARIABLE} })
Node reads the file with node --env-file=FILE.`

const OPTIONS = {
  write: { type: 'boolean' },
  rotate: { type: 'boolean' },
  force: { type: 'boolean' },
  variable: { type: 'string' },
} as const

export const secret: Command = Object.freeze<Command>({
  name: 'secret',
  summary: 'prints a new secret, or writes it to .env',
  help: HELP,
  async run(args, { cwd }) {
    const { values, positionals } = readArguments(args, OPTIONS)
    checkWords(positionals, 1)
    const [file = '.env'] = positionals
    const { write, rotate, force, variable = VARIABLE } = values
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)) throw new UsageError('--variable: expected a name')
    if (rotate && force) throw new UsageError('use either --rotate or --force')
    const fresh = randomBytes(32).toString('base64url')
    if (write || rotate)
      return writeSecret(fresh, { path: resolve(cwd, file), file, variable, rotate, force })
    if (force || positionals.length > 0) throw new UsageError('needs --write')
    return { code: 0, text: fresh, json: { secret: fresh } }
  },
})

interface Target {
  readonly path: string
  /** As the user wrote it. */
  readonly file: string
  readonly variable: string
  readonly rotate: boolean | undefined
  readonly force: boolean | undefined
}

async function writeSecret(fresh: string, target: Target): Promise<Outcome> {
  const { path, file, variable, rotate, force } = target
  const text = (await readIfThere(path)) ?? ''
  const standing = variablesOf(text)[variable] || undefined
  if (standing !== undefined && !rotate && !force) throw refusal(file, variable)
  const secrets = standing !== undefined && rotate ? [fresh, ...splitSecrets(standing)] : [fresh]
  checkSecrets(secrets, variable)
  await writePrivately(path, withVariable(text, variable, secrets.join(',')))
  const older = secrets.length - 1
  return {
    code: 0,
    text: `${variable} written to ${file}: a new secret${older === 0 ? '' : `, followed by ${older} older`}`,
    json: { file: path, variable, secrets: secrets.length },
  }
}

function refusal(file: string, variable: string): RefusedError {
  const ways =
    '--rotate puts a new secret before it; --force replaces it, which ends every session that it sealed'
  return new RefusedError(`${file} already has a ${variable}; nothing was written. ${ways}.`)
}
