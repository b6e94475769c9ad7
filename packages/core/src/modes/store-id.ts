import { hash } from 'node:crypto'

/** 32 random bytes in base64url, far beyond guessing (R21). */
export const ID_BYTES = 32
const ID_CHARS = 43
const ID = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/

/** Whether a cookie's value has the shape of an id. Nothing else ever reaches the store (R24). */
export const isStoreId = (value: string): boolean => value.length === ID_CHARS && ID.test(value)

/** An id's place in a store, from which nobody learns the id. */
export function createKeyOf(context: Uint8Array): (id: string) => string {
  const head = Buffer.concat([Buffer.from('keepsake/v1/sid'), context])
  // The same room for every call, which writes all of an id over the last one: ids are alike in length.
  const room = Buffer.concat([head, Buffer.alloc(ID_CHARS)])
  return (id) => {
    room.write(id, head.length, 'latin1')
    return hash('sha256', room)
  }
}
