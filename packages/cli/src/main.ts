#!/usr/bin/env node
import { text } from 'node:stream/consumers'
import { run } from './run.ts'
import { processTerminal } from './terminal.ts'

/** Resolves when the text has been handed over, so that the end of the process does not cut it off. */
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
// What an application's module has opened, such as a client of its database, would keep the process alive.
process.exit(code)
