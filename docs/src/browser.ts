import { type Client, createClient, createJar, type Jar } from '@keepsake/testing'
import { differences, type Exchange, matches } from './exchanges.ts'

/** The browsers of a page: for every server that it names, and with a jar for each `User-Agent`. */
export interface Browsers {
  make(exchange: Exchange): Promise<string[]>
  close(): Promise<void>
}

export function createBrowsers(ports: Readonly<Record<string, number>>): Browsers {
  const jars = new Map<string, Jar>()
  const clients = new Map<string, Client>()
  const [first] = Object.keys(ports)

  function jarFor({ fields }: Exchange): Jar {
    const agent = valueOf(fields, 'User-Agent') ?? ''
    const jar = jars.get(agent) ?? createJar()
    jars.set(agent, jar)
    return jar
  }

  function clientFor({ fields, line }: Exchange, jar: Jar): Client {
    const asked = valueOf(fields, 'Host')?.split(':')[1] ?? first ?? ''
    const port = ports[asked]
    if (port === undefined) throw new Error(`line ${line}: nothing listens on port ${asked}`)
    const place = `${asked} ${valueOf(fields, 'User-Agent')}`
    const client = clients.get(place) ?? createClient(`http://127.0.0.1:${port}`, { jar })
    clients.set(place, client)
    return client
  }

  return {
    async make(exchange) {
      const { method, path, line, body } = exchange
      const own = exchange.fields.filter(([name]) => name !== 'Host')
      const jar = jarFor(exchange)
      const { headers, problems } = cookieFields(own, jar)
      const options = { method, headers, ...(body !== undefined && { body }) }
      const answer = await clientFor(exchange, jar).request(path, options)
      return [...problems, ...differences(exchange.answer, answer)].map(
        (problem) => `line ${line}: ${problem}`,
      )
    },
    async close() {
      await Promise.all([...clients.values()].map((client) => client.close()))
    },
  }
}

const valueOf = (fields: Exchange['fields'], wanted: string): string | undefined =>
  fields.find(([name]) => name === wanted)?.[1]

/** The headers to send. A `Cookie` header with `…` gets the jar's value; a complete one is sent as it is. */
function cookieFields(
  fields: Exchange['fields'],
  jar: Jar,
): { headers: Record<string, string>; problems: string[] } {
  const kept = jar.cookieFor('http://127.0.0.1/')
  const shown = fields.find(([name]) => name === 'Cookie')?.[1]
  const isJars = shown === undefined || shown.includes('…')
  const others = fields.filter(([name]) => name !== 'Cookie' || !isJars)
  const isRight = !isJars || matches(shown ?? '', kept, '[^;]*')
  const problems = isRight ? [] : [`the browser sends Cookie: ${kept || '(none)'}`]
  return { headers: Object.fromEntries(others), problems }
}
