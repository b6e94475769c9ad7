/** What the test asks of the process that runs the modules; each is answered once. */
export type ToStage =
  | { readonly ask: 'run'; readonly file: string }
  /** What was printed since the last answer. */
  | { readonly ask: 'printed' }
  /** Closes the servers of the module that ran. */
  | { readonly ask: 'stop' }

export interface FromStage {
  readonly printed: string
  /** The ports that the module's servers have, by those that the page names. */
  readonly ports: Readonly<Record<string, number>>
  /** Why the module could not be loaded. */
  readonly failed: string | undefined
}
