import { startPostgres, startRedis } from '@keepsake/test-services'

/** Where the database servers of this run listen; undefined where there is none. */
export interface Servers {
  readonly redisUrl: string | undefined
  readonly postgresUrl: string | undefined
}

/** Servers of this machine, started for some work and stopped after it; and what is missing of them. */
export async function withServers<T>(
  work: (servers: Servers, missing: readonly string[]) => Promise<T>,
): Promise<T> {
  const redis = await startRedis()
  const postgres = await startPostgres()
  const missing = [...(redis ? [] : ['redis-server']), ...(postgres ? [] : ['postgres'])].map(
    (program) => `There is no ${program} on this machine; what needs it is left out.`,
  )
  try {
    return await work({ redisUrl: redis?.url, postgresUrl: postgres?.url }, missing)
  } finally {
    await redis?.stop()
    await postgres?.stop()
  }
}
