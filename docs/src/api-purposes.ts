/** A reader's goal, and the exports that serve it. */
export interface Purpose {
  readonly title: string
  /** Entries that serve it completely, without `@keepsake/`. */
  readonly entries?: readonly string[]
  /** Exports of `@keepsake/core`. */
  readonly core?: readonly string[]
}

/** The purposes in the order in which readers need them. Exports of core without a purpose belong to the last one. */
export const PURPOSES: readonly Purpose[] = [
  {
    title: 'Use sessions in a framework',
    entries: ['express', 'koa', 'fastify', 'hono', 'next', 'fetch', 'node-http'],
  },
  {
    title: 'Set sessions up',
    core: [
      'createSessions',
      'Sessions',
      'SessionsOptions',
      'SessionCookieOptions',
      'LifetimeOptions',
      'PermanentLimits',
      'SecretsOption',
      'Secret',
      'DataOptions',
      'StandardSchema',
      'Register',
    ],
  },
  {
    title: 'Read and change a session',
    core: ['Session', 'SessionControls', 'SessionData', 'WriteOptions', 'Peek'],
  },
  {
    title: 'Log in, log out, list devices',
    core: [
      'LoginOptions',
      'LogoutOptions',
      'RegenerateOptions',
      'Device',
      'StoredSession',
      'AssuranceLevel',
      'Freshness',
      'DeviceBoundOptions',
      'DeviceReason',
      'ProofRefusal',
    ],
    entries: ['passport', 'dbsc'],
  },
  {
    title: 'Keep sessions in a store',
    core: ['memoryStore', 'MemoryStoreOptions', 'movingStore', 'Store', 'StoredRecord'],
    entries: ['store-file', 'store-sqlite', 'store-redis', 'store-postgres'],
  },
  {
    title: 'Set plain cookies',
    core: [
      'createCookie',
      'readCookies',
      'Cookie',
      'CookieOptions',
      'CookieAttributes',
      'CookieProtection',
      'JsonCookieOptions',
    ],
  },
  {
    title: 'Find out what happens',
    core: [
      'Explanation',
      'OpenReason',
      'CloseReason',
      'SessionEvent',
      'SessionEventType',
      'SESSION_CHANNEL',
      'STORE_CHANNEL',
      'StoreCall',
      'StoreOperation',
    ],
    entries: ['opentelemetry'],
  },
  {
    title: 'Keep pages and sockets open',
    core: ['SessionChange'],
    entries: ['browser', 'browser/dialog'],
  },
  {
    title: 'Handle errors',
    core: [
      'ConfigError',
      'CookieTooLargeError',
      'CookieValueError',
      'CrossOriginError',
      'RecordTooLargeError',
      'SessionClosedError',
      'SessionConflictError',
      'SessionDataError',
      'SessionGoneError',
      'SessionUnopenedError',
      'StoreBusyError',
      'StoreError',
      'StoreTimeoutError',
      'UnsupportedError',
    ],
  },
  {
    title: 'Move from another library',
    core: ['Arrival', 'ArrivalRefusal', 'Foreign', 'ForeignSession', 'FormerCookie', 'RefusedArrival'],
    entries: ['arrival'],
  },
  {
    title: 'Test',
    entries: ['testing', 'testing/client', 'testing/cookie-for', 'testing/device-bound', 'testing/child'],
  },
  { title: 'Write a store', entries: ['core/store'] },
  { title: 'Write an adapter', entries: ['core/adapter'] },
  { title: 'Open tokens in another program', entries: ['core/sealer'] },
  { title: 'Everything else' },
]

/** The purpose of an export. */
export function purposeOf(entry: string, name: string): Purpose | undefined {
  if (entry === 'core') return PURPOSES.find(({ core }) => core?.includes(name)) ?? PURPOSES.at(-1)
  return PURPOSES.find(({ entries }) => entries?.includes(entry)) ?? PURPOSES.at(-1)
}
