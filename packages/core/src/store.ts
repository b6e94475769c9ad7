/* For stores, which keep sealed texts under hashed keys. */
export { ConfigError, StoreBusyError } from './base/errors.ts'
export type { MaybePromise } from './base/maybe-promise.ts'
export { readClock, readFlag, readFunction, readOptions } from './base/options.ts'
export { fieldOf } from './base/own.ts'
export { createKeyListeners, type KeyListeners } from './store/key-listeners.ts'
export { packKey, unpackKey } from './store/packed-key.ts'
export { REVISION_CHARS, revisionOf, type Store, type StoredRecord } from './store/store.ts'
