import { readFileSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { fileURLToPath } from 'node:url'

const IMPORTS_OR_EXPORTS = /^\s*(?:import|export)\b/m

/**
 * Has Node read TypeScript that imports or exports as a module in a CommonJS package too, where it would not: there, compilers and
 * `tsx` make CommonJS of it. `npm init` makes such packages.
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
