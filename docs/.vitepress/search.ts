import type { DefaultTheme } from 'vitepress'
import { isForContributors } from './places.ts'

type Options = NonNullable<DefaultTheme.LocalSearchOptions>

/**
 * Of two sections that have a word, the one that explains it comes before the one that lists it; but the name of one of
 * core's functions leads to the function. The site calls this in the browser, from its text: it may use nothing from outside, and the place may
 * have a folder before it.
 */
const guidesFirst = (place: string, term: string): number => {
  const isFunction = /\/api\/@keepsake\/core\.html#(?:create|memory|moving|read)\w+$/.test(place)
  if (isFunction && place.endsWith(`#${term}`)) return 2
  if (/\/(?:security|performance)(?:\.html)?(?:#|$)/.test(place)) return 0.3
  if (place.includes('/api/')) return 0.2
  if (/\/(?:my-session-is-empty|testing)\./.test(place)) return 1.8
  return place.includes('/packages/') ? 0.8 : 1
}

/** What the search finds: pages for users. */
export const search: Options = {
  _render(source, env, md) {
    const html = md.render(source, env)
    return isForContributors(env.relativePath) ? '' : html
  },
  miniSearch: { searchOptions: { boostDocument: guidesFirst } },
}
