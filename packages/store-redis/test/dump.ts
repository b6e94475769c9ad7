import { nodeRedis } from './clients.ts'

/** All keys of these servers that begin with `prefix`, with their values. */
export async function dump(urls: readonly string[], prefix: string): Promise<Uint8Array> {
  const found: string[] = []
  for (const url of urls) {
    const { client, close } = await nodeRedis(url)
    const isPrimary = (await client.info('replication')).includes('role:master')
    for await (const keys of isPrimary ? client.scanIterator({ MATCH: `${prefix}*` }) : [])
      for (const key of keys) {
        const isIndex = (await client.type(key)) === 'zset'
        found.push(key, ...(isIndex ? await client.zRange(key, 0, -1) : [`${await client.get(key)}`]))
      }
    close()
  }
  return Buffer.from(found.join('\n'))
}
