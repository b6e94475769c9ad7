import { readFileSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { fileURLToPath } from 'node:url'

const IMPORTS_OR_EXPORTS = /^\s*(?:import|export)\b/m

/**
 * Lets Node load TypeScript with ES module syntax from a CommonJS package, as compilers and `tsx` do. `npm init` creates
 * such packages. Node alone would refuse.
 */
export function readTypeScriptModules(): void {
  // Node 22.15 and newer have it.
  const hooks: Partial<Pick<typeof nodeModule, 'registerHooks'>> = nodeModule
  hooks.registerHooks?.({
    load(url, context, next) {
      const isModule =
        context.format === 'commonjs-typescript' &&
        IMPORTS_OR_EXPORTS.test(readFileSync(fileURLToPath(url), 'utf8'))
      return next(url, isModule ? { ...context, format: 'module-typescript' } : context)
    },
  })
}
