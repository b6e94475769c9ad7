import type { DefaultTheme } from 'vitepress'
import { isForContributors } from './places.ts'

type Options = NonNullable<DefaultTheme.LocalSearchOptions>

/**
 * If two sections contain a word, the one that explains it precedes the one that lists it; but the name of one of
 * core's functions or errors leads to its description. The site runs the text of this function in the browser, so it
 * must not use anything from outside; the path may begin with the site's folder.
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

/** The pages that the search finds: those for users. */
export const search: Options = {
  _render(source, env, md) {
    const html = md.render(source, env)
    return isForContributors(env.relativePath) ? '' : html
  },
  // A word that is only similar counts for little: `flash` is not `flask`.
  miniSearch: { searchOptions: { boostDocument: guidesFirst, weights: { fuzzy: 0.1, prefix: 0.375 } } },
}
