import { createRequire } from 'node:module'
import type { UserConfig } from 'vitepress'

const VITEPRESS = createRequire(import.meta.url).resolve('vitepress')

type Plugin = NonNullable<NonNullable<UserConfig['vite']>['plugins']>[number]

/** Pages outside of this package cannot find Vue, so they get VitePress's copy. */
export const findVue: Plugin = {
  name: 'find-vue',
  enforce: 'pre',
  resolveId(id, importer) {
    if (!/^vue(?:\/|$)/.test(id) || importer === undefined || !/\.md(?:\?|$)/.test(importer)) return undefined
    return this.resolve(id, VITEPRESS, { skipSelf: true })
  },
}
