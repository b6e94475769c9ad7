declare module 'cloudflare:workers' {
  /** What the configuration of the test binds: the Worker itself, so that each fetch is a request of its own. */
  export const env: { readonly SELF: { fetch(url: string, init?: RequestInit): Promise<Response> } }
}
