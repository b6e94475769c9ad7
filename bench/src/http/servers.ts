import { startPostgres, startRedis } from '@keepsake/test-services'

/** The addresses of this run's database servers; undefined if there is none. */
export interface Servers {
  readonly redisUrl: string | undefined
  readonly postgresUrl: string | undefined
}

/** Servers on this machine, started for a benchmark and stopped after it; and which of them are missing. */
export async function withServers<T>(
  work: (servers: Servers, missing: readonly string[]) => Promise<T>,
): Promise<T> {
  const redis = await startRedis()
  const postgres = await startPostgres()
  const missing = [...(redis ? [] : ['redis-server']), ...(postgres ? [] : ['postgres'])].map(
    (program) => `${program} is not installed on this machine; measurements that need it are left out.`,
  )
  try {
    return await work({ redisUrl: redis?.url, postgresUrl: postgres?.url }, missing)
  } finally {
    await redis?.stop()
    await postgres?.stop()
  }
}
