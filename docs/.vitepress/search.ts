import type { DefaultTheme } from 'vitepress'
import { isForContributors } from './places.ts'

type Options = NonNullable<DefaultTheme.LocalSearchOptions>

/**
 * Of two sections that have a word, the one that explains it comes before the one that lists it; but the name of one of
 * core's functions or errors leads to it. The site calls this in the browser, from its text: it may use nothing from outside, and the place may
 * have a folder before it.
 */
const guidesFirst = (place: string, term: string): number => {
  const isCalled = /\/api\/@keepsake\/core\.html#(?:(?:create|memory|moving|read)\w+|\w+error)$/.test(place)
  if (isCalled && place.endsWith(`#${term}`)) return 2
  if (/\/(?:security|performance)(?:\.html)?(?:#|$)/.test(place)) return 0.3
  if (place.includes('/api/')) return 0.2
  if (/\/(?:packages\/|works-with\.)/.test(place)) return 0.6
  if (/^(?:cookie|session)s?$/.test(term) && place.includes('/sessions-and-cookies.')) return 1.8
  if (/\/(?:my-session-is-empty|testing)\./.test(place)) return 1.8
  return /\/(?:overview|coming-from)\./.test(place) ? 0.7 : 1
}

/** What the search finds: pages for users. */
export const search: Options = {
  _render(source, env, md) {
    const html = md.render(source, env)
    return isForContributors(env.relativePath) ? '' : html
  },
  // A word that is only similar counts for little: `flash` is not `flask`.
  miniSearch: { searchOptions: { boostDocument: guidesFirst, weights: { fuzzy: 0.1, prefix: 0.375 } } },
}
