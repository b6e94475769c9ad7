#!/usr/bin/env node
import { text } from 'node:stream/consumers'
import { run } from './run.ts'
import { processTerminal } from './terminal.ts'

/** Resolves once the text has been flushed, so that exiting does not cut it off. */
const print = (stream: NodeJS.WriteStream, text: string): Promise<unknown> =>
  new Promise((resolve) => stream.write(`${text}\n`, resolve))

const { code, out, error } = await run(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  readInput: async () => (process.stdin.isTTY ? '' : text(process.stdin)),
  now: Date.now(),
  terminal: processTerminal(),
})
if (out !== undefined) await print(process.stdout, out)
if (error !== undefined) await print(process.stderr, error)
// Something that the application's module opened, such as a database client, would keep the process alive.
process.exit(code)
