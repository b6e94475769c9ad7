import { resolve } from 'node:path'
import { ConfigError } from '@keepsake/core'
import { createSealer, splitSecrets } from '@keepsake/core/sealer'
import { type Surroundings, UsageError } from './command.ts'
import { variablesOf } from './env-file.ts'
import { readIfThere } from './private-file.ts'

/** The variable that the documentation's examples use. */
export const VARIABLE = 'SESSION_SECRET'

export interface SecretsPlace {
  readonly variable: string
  /** The file to read if the environment does not have the variable. */
  readonly file: string
}

/**
 * The secrets that the application would start with: from the environment, otherwise from the file.
 *
 * @throws {UsageError} if there are none, or an application could not start with them.
 */
export async function findSecrets(place: SecretsPlace, around: Surroundings): Promise<readonly string[]> {
  const { variable, file } = place
  const value = await findValue(place, around)
  if (!value)
    throw new UsageError(`no secret: ${nameOf(variable)} is neither in the environment nor in ${file}`)
  const secrets = splitSecrets(value)
  checkSecrets(secrets, variable)
  return secrets
}

/** Candidates for the secret of another application: the text as a whole, and split at its commas. */
export async function findForeignSecrets(
  place: SecretsPlace,
  around: Surroundings,
): Promise<readonly string[]> {
  const value = (await findValue(place, around)) ?? ''
  return [...new Set([value, ...splitSecrets(value)])].filter((secret) => secret !== '')
}

const findValue = async (
  { variable, file }: SecretsPlace,
  around: Surroundings,
): Promise<string | undefined> =>
  around.env[variable] || variablesOf((await readIfThere(resolve(around.cwd, file))) ?? '')[variable]

/** The user may have passed the secret itself instead of its variable's name. */
const nameOf = (variable: string): string => (variable.length < 32 ? variable : 'the variable')

/** @throws {UsageError} for secrets that Keepsake would reject at start-up. */
export function checkSecrets(secrets: readonly string[], variable: string): void {
  try {
    createSealer({ secrets, name: 'check' })
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(`${nameOf(variable)}: ${error.message}`)
    throw error
  }
}
