/** Creates a package with a failing suite that says what to implement: `pnpm new:store NAME`, `pnpm new:adapter NAME`. */
import { folderOf, KINDS, scaffold } from './packages/scaffold.ts'
import { ROOT } from './workspace.ts'

const [given, name] = process.argv.slice(2)
const kind = KINDS.find((kind) => kind === given)
if (kind === undefined || name === undefined) {
  console.error(`The name is missing: pnpm new:${kind ?? 'store'} NAME`)
  process.exitCode = 1
} else {
  try {
    const files = scaffold(kind, name, ROOT)
    const filter = `--filter @keepsake/${folderOf(kind, name)}`
    console.log(`${files.join('\n')}

Next: pnpm install, then pnpm ${filter} test
It is red, and says what to fill in. CONTRIBUTING.md has the rest of the way.`)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
