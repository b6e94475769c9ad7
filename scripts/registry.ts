import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** The request body of `npm publish` and similar commands for one version. */
interface Publication {
  readonly name: string
  readonly 'dist-tags': Readonly<Record<string, string>>
  readonly versions: Readonly<Record<string, object>>
  readonly _attachments: Readonly<Record<string, { readonly data: string }>>
}

/** An npm registry on the loopback, in memory, that has only what was published to it. */
export interface Registry {
  readonly url: string
  /** `name@version` of everything that was published, in order. */
  readonly published: readonly string[]
  /** The newest version of a package and its tags; undefined before it is published. */
  tagsOf(name: string): Readonly<Record<string, string>> | undefined
  close(): void
}

interface Entry {
  tags: Readonly<Record<string, string>>
  readonly versions: Record<string, object>
  readonly tarballs: Map<string, Buffer>
}

/** The parts of the registry's API for `publish`, `view` and `install`; a version cannot be published twice. */
export async function startRegistry(): Promise<Registry> {
  const entries = new Map<string, Entry>()
  const published: string[] = []

  function publish({ name, versions, 'dist-tags': tags, _attachments }: Publication): number {
    const entry = entries.get(name) ?? { tags: {}, versions: {}, tarballs: new Map<string, Buffer>() }
    const [version = ''] = Object.keys(versions)
    if (version in entry.versions) return 409
    Object.assign(entry.versions, versions)
    entry.tags = { ...entry.tags, ...tags }
    for (const [file, { data }] of Object.entries(_attachments)) {
      entry.tarballs.set(file.split('/').at(-1) ?? file, Buffer.from(data, 'base64'))
    }
    entries.set(name, entry)
    published.push(`${name}@${version}`)
    return 201
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://registry').pathname).slice(1)
    if (request.method === 'PUT') return answer(response, publish((await json(request)) as Publication), {})
    const [name = '', file] = path.split('/-/')
    const entry = entries.get(name)
    if (entry === undefined) return answer(response, path.startsWith('-/') ? 200 : 404, {})
    if (file !== undefined) {
      const tarball = entry.tarballs.get(file.split('/').at(-1) ?? file)
      response.writeHead(tarball ? 200 : 404).end(tarball)
    } else answer(response, 200, { name, 'dist-tags': entry.tags, versions: entry.versions })
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.writeHead(500).end())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    published,
    tagsOf: (name) => entries.get(name)?.tags,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
