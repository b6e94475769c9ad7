import { randomBytes } from 'node:crypto'

/** 64 hexadecimal digits, as keys and subjects are. */
export const newKey = (): string => randomBytes(32).toString('hex')
