declare module 'cloudflare:workers' {
  /** The binding in the test's configuration: the Worker itself, so that each fetch is a separate request. */
  export const env: { readonly SELF: { fetch(url: string, init?: RequestInit): Promise<Response> } }
}
