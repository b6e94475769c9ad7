import { randomBytes } from 'node:crypto'

/** 32 hexadecimal digits, as keys and subjects are. */
export const newKey = (): string => randomBytes(16).toString('hex')
