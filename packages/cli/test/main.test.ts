import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { keepsake, keepsakeProcess, makeDirectory } from './support.ts'

it.each([['--help'], ['-h'], ['help'], ['help', '--help'], ['help', 'help']])(
  'shows its commands for %s %s',
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

it.each(['secret', 'inspect', 'doctor', 'sessions'])('has a page for %s', async (name) => {
  const cwd = makeDirectory()
  const { code, out } = await keepsake([name, '--help'], { cwd })
  expect(code).toBe(0)
  expect(out).toContain(`Usage: keepsake ${name}`)
  expect(await keepsake(['help', name], { cwd })).toEqual({ code: 0, out, error: '' })
})

it('tells the version that its package has', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  const { code, out } = await keepsakeProcess(['--version'], { cwd: makeDirectory() })
  expect({ code, out }).toEqual({ code: 0, out: `${version}\n` })
})

it.each([
  [[], 'Usage: keepsake COMMAND'],
  [['secrets'], 'there is no command of this name'],
  [['help', 'secrets'], 'there is no command of this name'],
  [['secret', '--wirte'], "Unknown option '--wirte'"],
  [['secret', `--${'hush'.repeat(10)}`], 'keepsake secret: Unknown option\n'],
  [['inspect', 'a', 'b'], 'too many arguments'],
])('called as %j ends with code 2, and says why on stderr alone', async (args, problem) => {
  const { code, out, error } = await keepsake(args, { cwd: makeDirectory() })
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(error).toContain(problem)
})

it.each([[['--help']], [['secrets']]])('called as %j is the same as a process of its own', async (args) => {
  const cwd = makeDirectory()
  expect(await keepsakeProcess(args, { cwd })).toEqual(await keepsake(args, { cwd }))
})
