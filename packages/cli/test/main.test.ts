import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { keepsake, keepsakeProcess, makeDirectory } from './support.ts'

it.each([['--help'], ['-h'], ['help'], ['help', '--help'], ['help', 'help']])(
  'keepsake %s %s lists the commands',
  async (...args) => {
    const { code, out, error } = await keepsake(
      args.filter((arg) => arg !== undefined),
      { cwd: makeDirectory() },
    )
    expect(error).toBe('')
    expect(code).toBe(0)
    for (const name of ['secret', 'inspect', 'doctor', 'sessions']) expect(out).toContain(`  ${name} `)
  },
)

it.each(['secret', 'inspect', 'doctor', 'sessions'])(
  'keepsake %s --help shows the help of the command',
  async (name) => {
    const cwd = makeDirectory()
    const { code, out } = await keepsake([name, '--help'], { cwd })
    expect(code).toBe(0)
    expect(out).toContain(`Usage: keepsake ${name}`)
    expect(await keepsake(['help', name], { cwd })).toEqual({ code: 0, out, error: '' })
  },
)

it('keepsake --version prints the version of its package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  const { code, out } = await keepsakeProcess(['--version'], { cwd: makeDirectory() })
  expect({ code, out }).toEqual({ code: 0, out: `${version}\n` })
})

it.each([
  [[], 'Usage: keepsake COMMAND'],
  [['secrets'], 'unknown command'],
  [['help', 'secrets'], 'unknown command'],
  [['secret', '--wirte'], "Unknown option '--wirte'"],
  [['secret', `--${'hush'.repeat(10)}`], 'keepsake secret: Unknown option\n'],
  [['inspect', 'a', 'b'], 'too many arguments'],
])('keepsake %j exits with 2 and prints the mistake on stderr only', async (args, problem) => {
  const { code, out, error } = await keepsake(args, { cwd: makeDirectory() })
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(error).toContain(problem)
})

it.each([[['--help']], [['secrets']]])(
  'keepsake %j gives the same result in this process as in a separate one',
  async (args) => {
    const cwd = makeDirectory()
    expect(await keepsakeProcess(args, { cwd })).toEqual(await keepsake(args, { cwd }))
  },
)
