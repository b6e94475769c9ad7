import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Block } from './blocks.ts'
import { createBrowsers } from './browser.ts'
import { exchangesIn, matches } from './exchanges.ts'
import type { Module, Service } from './modules.ts'
import type { FromStage, ToStage } from './stage-messages.ts'

/** Runs modules of pages and compares the results with the pages. */
export interface Stage {
  /** The differences from the page, each with its line; empty if there are none. */
  play(file: string, module: Module): Promise<string[]>
  close(): void
}

/** Secrets and other variables that the pages read from the environment. */
const ENVIRONMENT = {
  SESSION_SECRET: 'Jk3-pages-of-the-documentation-x9QwZ7',
  OLD_SESSION_SECRET: 'Vb8-the-secret-of-the-year-before-mT42L',
  NEW_SESSION_SECRET: 'Rt6-the-secret-of-the-year-to-come-hY15P',
  FLASK_SECRET_KEY: 'Xs2-of-an-application-of-Flask',
  DJANGO_SECRET_KEY: 'Gp5-of-a-project-of-Django',
  RAILS_SECRET_KEY_BASE: 'Wn8-of-an-application-of-Rails',
  AUTH_SECRET: 'Hc3-of-an-application-with-Auth.js',
  IRON_PASSWORD: 'Tb7-the-password-of-an-application-with-seals',
  SECURE_SESSION_KEY: 'bXVzdCBiZSB0aGlydHktdHdvIGJ5dGVzLCBsaWtlIGk=',
  NORTH_SECRET: 'Ku4-the-secret-of-the-northern-shop-wX83B',
  SOUTH_SECRET: 'Zd1-the-secret-of-the-southern-shop-qL57F',
}

/** The environment variable with the server's URL. */
const VARIABLES: Readonly<Record<Service, string>> = { redis: 'REDIS_URL', postgres: 'DATABASE_URL' }

/** The URLs of the servers; undefined for one that this machine does not have. */
export type Addresses = Readonly<Record<Service, string | undefined>>

/** A separate process, in an empty directory, with the sources of the packages. */
export function createStage(addresses?: Addresses): Stage {
  const directory = mkdtempSync(join(tmpdir(), 'keepsake-docs-'))
  const child = fork(join(import.meta.dirname, 'stage.ts'), {
    cwd: directory,
    env: { ...process.env, ...ENVIRONMENT, ...environmentOf(addresses) },
    execArgv: ['--conditions=@keepsake/source', '--disable-warning=ExperimentalWarning'],
  })
  const ask = (message: ToStage): Promise<FromStage> =>
    new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error('the process that runs the pages exited'))
      child.once('exit', ended)
      child.once('message', (answer: FromStage) => {
        child.off('exit', ended)
        resolve(answer)
      })
      child.send(message)
    })
  return {
    play: (file, module) => play(ask, file, module),
    close() {
      child.kill()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function environmentOf(addresses: Addresses | undefined): Record<string, string> {
  const services = Object.keys(VARIABLES) as Service[]
  return Object.fromEntries(services.map((service) => [VARIABLES[service], addresses?.[service] ?? '']))
}

type Ask = (message: ToStage) => Promise<FromStage>

async function play(ask: Ask, file: string, { shown, line }: Module): Promise<string[]> {
  const { ports, printed, failed } = await ask({ ask: 'run', file })
  const isExpected = shown[0]?.language === 'text'
  if (failed !== undefined && !isExpected) return [`line ${line}: the module cannot be loaded: ${failed}`]
  const browsers = createBrowsers(ports)
  const problems: string[] = []
  let unread = printed
  for (const block of shown) {
    if (block.language === 'http') {
      for (const exchange of exchangesIn(block)) problems.push(...(await browsers.make(exchange)))
    } else {
      const more = (await ask({ ask: 'printed' })).printed
      problems.push(...printedDifferences(block, [unread, more].filter(Boolean).join('\n')))
      unread = ''
    }
  }
  await browsers.close()
  await ask({ ask: 'stop' })
  return problems
}

function printedDifferences({ code, line }: Block, printed: string): string[] {
  return matches(code.trim(), printed.trim(), '[^]*') ? [] : [`line ${line}: it prints\n${printed}`]
}
