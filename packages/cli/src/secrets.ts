import { resolve } from 'node:path'
import { ConfigError } from '@keepsake/core'
import { createSealer, splitSecrets } from '@keepsake/core/sealer'
import { type Surroundings, UsageError } from './command.ts'
import { variablesOf } from './env-file.ts'
import { readIfThere } from './private-file.ts'

/** The variable that the documentation's examples read. */
export const VARIABLE = 'SESSION_SECRET'

export interface SecretsPlace {
  readonly variable: string
  /** Looked into where the environment has no such variable. */
  readonly file: string
}

/**
 * The secrets that the application would start with: those of the environment, else those of the file.
 *
 * @throws {UsageError} when there are none, or none that an application could start with.
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

/** What may be the secret of another application, which may have commas in it, or several with commas between them. */
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

/** Somebody may give the secret itself in the place of its name. */
const nameOf = (variable: string): string => (variable.length < 32 ? variable : 'the variable')

/** @throws {UsageError} for secrets that no application of Keepsake starts with. */
export function checkSecrets(secrets: readonly string[], variable: string): void {
  try {
    createSealer({ secrets, name: 'check' })
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(`${nameOf(variable)}: ${error.message}`)
    throw error
  }
}
