/** The stores that can be tried. */
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

/** What a node is told by its environment. */
export interface Settings {
  readonly store: StoreName
  /** A directory, an address, or those of the sentinels, as the store takes it. */
  readonly place: string
  readonly secret: string
  /** How long the store may take, in milliseconds. */
  readonly timeLimit: number
  /** Whether a store without a server loses answers, or is slow, by itself. */
  readonly losesAnswers: boolean
  readonly isSlow: boolean
  readonly hasSentinels: boolean
  readonly seed: number
}

export const readSettings = (): Settings => JSON.parse(process.env['SETTINGS'] ?? '') as Settings
