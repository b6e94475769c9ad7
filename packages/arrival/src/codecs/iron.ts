import { createDecipheriv, createHmac, pbkdf2Sync } from 'node:crypto'
import { FORGED, MALFORMED, type Refused } from '../reading.ts'
import { type Fields, parseObject } from '../text.ts'
import { decoded, isSame, type Secret } from './bytes.ts'

/** Mark, password id, salt, iv, box, expiry, signature salt, signature. The whole form is checked before any key is derived. */
const SEAL =
  /^(Fe26\.2\*(\w*)\*([0-9a-f]{64})\*([\w-]{22})\*([\w-]{22,})\*(\d{0,15}))\*([0-9a-f]{64})\*([\w-]{43})$/

/** How long after its expiry the library still opens a seal, in seconds. */
const TOLERANCE = 60

export interface IronKeys {
  /** Returns the password with the seal's id; the others are not tried. */
  readonly passwordOf: (id: string) => Secret | undefined
  /** The numbers of PBKDF2 rounds, in the order in which they are tried. */
  readonly rounds: readonly number[]
}

export interface Unsealed {
  readonly fields: Fields
  readonly signed: string
  /** The epoch second from which the library itself rejects it, and the seal's own expiry. */
  readonly endsAt: number | undefined
  readonly statedEnd: number | undefined
}

/** Opens a seal of `@hapi/iron` (`Fe26.2`), with AES-256-CBC and HMAC-SHA-256. */
export function openIron(seal: string, { passwordOf, rounds }: IronKeys): Unsealed | Refused {
  const [, signed = '', id = '', salt = '', ivText = '', boxText = '', end = '', macSalt = '', macText = ''] =
    SEAL.exec(seal) ?? []
  const iv = decoded(ivText, 'base64url')
  const box = decoded(boxText, 'base64url')
  const mac = decoded(macText, 'base64url')
  if (!signed || iv === undefined || mac === undefined || box === undefined || box.length % 16 !== 0)
    return MALFORMED
  const password = passwordOf(id)
  if (password === undefined) return FORGED
  const found = rounds.find((count) =>
    isSame(
      createHmac('sha256', derived(password, macSalt, count))
        .update(signed)
        .digest(),
      mac,
    ),
  )
  if (found === undefined) return FORGED
  const decipher = createDecipheriv('aes-256-cbc', derived(password, salt, found), iv)
  const fields = parseObject(Buffer.concat([decipher.update(box), decipher.final()]).toString())
  if (fields === undefined) return MALFORMED
  const statedEnd = end === '' ? undefined : Number(end) / 1000
  return { fields, signed, statedEnd, endsAt: statedEnd && statedEnd + TOLERANCE }
}

const derived = (password: Secret, salt: string, rounds: number): Buffer =>
  pbkdf2Sync(password, salt, rounds, 32, 'sha1')
