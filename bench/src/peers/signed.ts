import Keygrip from 'keygrip'
import { SECRET } from '../data.ts'
import type { SyncCodec } from './codec.ts'

/** The codec of cookie-session: base64, and a signature by keygrip in a second cookie. Anyone can read the data. */
export function cookieSessionCodec(): SyncCodec {
  const keys = new Keygrip([SECRET])
  return {
    name: 'cookie-session (signed only)',
    seal(data) {
      const value = Buffer.from(JSON.stringify(data)).toString('base64')
      return `${value}.${keys.sign(`session=${value}`)}`
    },
    open(token) {
      const dot = token.lastIndexOf('.')
      const value = token.slice(0, dot)
      if (!keys.verify(`session=${value}`, token.slice(dot + 1)))
        throw new Error('the signature does not match')
      return JSON.parse(Buffer.from(value, 'base64').toString('utf8')) as object
    },
  }
}
