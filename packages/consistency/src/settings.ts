/** The available stores. */
export const STORES = [
  'memory',
  'file',
  'sqlite',
  'moving',
  'redis',
  'ioredis',
  'postgres',
  'cookie',
] as const
export type StoreName = (typeof STORES)[number]

/** The settings that a node gets through its environment. */
export interface Settings {
  readonly store: StoreName
  /** A directory, a URL, or the addresses of the sentinels, as the store expects it. */
  readonly place: string
  readonly secret: string
  /** The store's time limit in milliseconds. */
  readonly timeLimit: number
  /** Whether a store without a server drops responses, or is slow, by itself. */
  readonly losesAnswers: boolean
  readonly isSlow: boolean
  readonly hasSentinels: boolean
  readonly seed: number
}

export const readSettings = (): Settings => JSON.parse(process.env['SETTINGS'] ?? '') as Settings
