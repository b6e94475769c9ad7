import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { splitSecrets } from '@keepsake/core/sealer'
import { checkWords, readArguments } from '../arguments.ts'
import { type Command, type Outcome, RefusedError, UsageError } from '../command.ts'
import { variablesOf, withVariable } from '../env-file.ts'
import { readIfThere, writePrivately } from '../private-file.ts'
import { checkSecrets, VARIABLE } from '../secrets.ts'

const HELP = `Usage: keepsake secret [--write [FILE]] [--rotate | --force] [--variable NAME] [--json]

Prints a fresh secret: 32 random bytes, as 43 characters.

  --write          puts it into FILE instead, for nobody but its owner to read (mode 0600); default .env
  --rotate         writes it before the secrets that are there: it seals from now on, and they still open
  --force          writes it in place of them: every session that they sealed ends
  --variable NAME  the variable in FILE; default ${VARIABLE}
  --json           prints JSON

Several secrets stand in one variable with commas between them, newest first, which is how an application takes them:
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
  /** As the user has named it. */
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
    text: `${variable} written to ${file}: a new secret${older === 0 ? '' : `, and ${older} older that still open`}`,
    json: { file: path, variable, secrets: secrets.length },
  }
}

function refusal(file: string, variable: string): RefusedError {
  const ways = '--rotate puts a new one before it, --force replaces it and ends every session that it sealed'
  return new RefusedError(`${file} has a ${variable}; nothing was written. ${ways}.`)
}
