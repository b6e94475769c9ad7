/** The test's messages to the process that runs the modules; each gets one response. */
export type ToStage =
  | { readonly ask: 'run'; readonly file: string }
  /** The output since the last response. */
  | { readonly ask: 'printed' }
  /** Closes the servers of the module that ran. */
  | { readonly ask: 'stop' }

export interface FromStage {
  readonly printed: string
  /** The actual ports of the module's servers, by the ports on the page. */
  readonly ports: Readonly<Record<string, number>>
  /** Why the module could not be loaded. */
  readonly failed: string | undefined
}
