import type { DefaultTheme } from 'vitepress'
import { isForContributors } from './places.ts'

type Options = NonNullable<DefaultTheme.LocalSearchOptions>

/**
 * Of two sections that have a word, the one that explains it comes before the one that lists it. The site calls this in
 * the browser, from its text: it may use nothing from outside, and the place may have a folder before it.
 */
const guidesFirst = (place: string): number => {
  if (/\/(?:security|performance)(?:\.html)?(?:#|$)/.test(place)) return 0.3
  if (/\/api\//.test(place)) return 0.2
  return /\/(?:getting-started|my-session-is-empty|testing|works-with)/.test(place) ? 1.5 : 1
}

/** What the search finds: pages for users, by whole words and their beginnings before words that are merely alike. */
export const search: Options = {
  _render(source, env, md) {
    const html = md.render(source, env)
    return isForContributors(String(env.relativePath)) ? '' : html
  },
  miniSearch: { searchOptions: { boostDocument: guidesFirst } },
}
