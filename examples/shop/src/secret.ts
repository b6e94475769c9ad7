import { randomBytes } from 'node:crypto'
import { appendFileSync, chmodSync, existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

const NAME = 'SESSION_SECRET'

/**
 * The secret that seals the sessions: from the environment, otherwise from `file`. If neither has one, it is generated and
 * appended to the file, so that sessions survive a restart; stdout gets one line about it, without the secret. Throws
 * the file system's error if the file cannot be read or written.
 *
 * This is for examples and development. In production a missing secret must stop the start.
 */
export function loadSecret(file = '.env'): string {
  const given = process.env[NAME] || secretIn(file)
  if (given) return given

  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const gap = text === '' || text.endsWith('\n') ? '' : '\n'
  appendFileSync(file, `${gap}${NAME}=${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 })
  // The mode above applies only to a new file.
  chmodSync(file, 0o600)

  // Read again: if two apps start at the same time, both append a line, and both must use the same one.
  const made = secretIn(file)
  if (made === undefined) throw new Error(`${file}: the ${NAME} that was just written is missing`)
  console.log(`Generated a ${NAME} and added it to ${file}, so that sessions survive a restart.`)
  return made
}

function secretIn(file: string): string | undefined {
  if (!existsSync(file)) return undefined
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const secret = parseEnv(line)[NAME]
    if (secret) return secret
  }
  return undefined
}
