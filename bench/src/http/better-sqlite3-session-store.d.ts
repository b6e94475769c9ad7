declare module 'better-sqlite3-session-store' {
  import type session from 'express-session'
  import type { DatabaseSync } from 'node:sqlite'

  abstract class SqliteStore extends session.Store {
    constructor(options: { readonly client: DatabaseSync })
    get: session.Store['get']
    set: session.Store['set']
    destroy: session.Store['destroy']
    startInterval(): void
  }
  function createStore(
    module: typeof session,
  ): new (options: { readonly client: DatabaseSync }) => SqliteStore
  export default createStore
}
