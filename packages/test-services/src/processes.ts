import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { accessSync, chownSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** The first of these programs that is installed. */
export function findProgram(names: readonly string[], folders: readonly string[] = []): string | undefined {
  const path = [...(process.env['PATH'] ?? '').split(delimiter), ...folders]
  return names.flatMap((name) => path.map((folder) => join(folder, name))).find(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** A free port of 127.0.0.1, low enough that adding 10000 gives another port, for a cluster's bus. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000)
    if ((await isFree(port)) && (await isFree(port + 10_000))) return port
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

/** PostgreSQL refuses to run as root, so it runs as the user `nobody`. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined

export function makeFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `keepsake-${name}-`))
  if (nobody) chownSync(folder, nobody.uid, nobody.gid)
  return folder
}

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true })

/** Starts a server that does not outlive this process, however this one ends: a shell kills it when a pipe closes. */
export function startProcess(program: string, args: readonly string[], folder: string): ChildProcess {
  const child = spawn(program, args, { cwd: folder, stdio: 'ignore', ...nobody })
  const guard = spawn('sh', ['-c', 'cat >/dev/null; kill -9 "$0"; rm -rf "$1"', `${child.pid}`, folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.unref()
  child.once('exit', () => guard.kill('SIGKILL'))
  return child
}

/** Runs a program and waits until it ends. */
export function runProcess(program: string, args: readonly string[], folder: string): void {
  const { status, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8', ...nobody })
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`)
}

export async function stopProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await exited
}

/** Waits until a question returns true; a rejection counts as false. */
export async function until(what: string, ask: () => Promise<boolean>, milliseconds = 20_000): Promise<void> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await wait(20)) {
    if (await ask().catch(() => false)) return
  }
  throw new Error(`timed out after ${milliseconds} ms of waiting for ${what}`)
}

export const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

/** Warns that a test is skipped because its server is missing, and how to install it. With `CI` set it is an error. */
export function missing(server: string, advice: string): undefined {
  const line = `no ${server}: ${advice}`
  if (process.env['CI']) throw new Error(line)
  console.warn(`SKIPPED: ${line}`)
  return undefined
}
