import { basename } from 'node:path'
import type { UserConfig } from 'vitepress'

type Plugin = NonNullable<NonNullable<UserConfig['vite']>['plugins']>[number]

/** Markup of VitePress that misleads screen readers, and its replacement. */
const MENDS: Readonly<Record<string, readonly (readonly [wrong: string, right: string])[]>> = {
  // A button must not contain fields and links, and an option of a list must not contain a link.
  'VPLocalSearchBox.vue': [
    [
      `role="button"
      :aria-owns="results?.length ? 'localsearch-list' : undefined"
      aria-expanded="true"
      aria-haspopup="listbox"`,
      'role="dialog" aria-modal="true"',
    ],
    [
      `:id="'localsearch-item-' + index"
            :aria-selected="selectedIndex === index ? 'true' : 'false'"
            role="option"`,
      'role="none"',
    ],
    // A screen reader reads the same text that the page shows.
    [`:aria-label="[...p.titles, p.title].join(' > ')"`, ''],
    ['<span class="title-icon">', '<span class="title-icon" aria-hidden="true">'],
    ['<kbd :aria-label', '<kbd role="img" :aria-label'],
    [
      'class="result"',
      `class="result" role="option" :id="'localsearch-item-' + index"
              :aria-selected="selectedIndex === index ? 'true' : 'false'"`,
    ],
  ],
  // All content of a page must be in a landmark.
  'VPHome.vue': [['class="VPHome"', 'class="VPHome" role="main"']],
  'NotFound.vue': [['class="NotFound"', 'class="NotFound" role="main"']],
  'VPLocalNav.vue': [
    [':class="classes"', ':class="classes" role="navigation" aria-label="Menus of this page"'],
  ],
  // When the search closes, the focus returns to the element that opened it; its own field no longer exists.
  'VPNavBarSearch.vue': [
    ['@close="showSearch = false"', `@close="showSearch = false; $el.querySelector('button')?.focus()"`],
  ],
  // The heading of a group is a button only if it folds the group, and it says whether the group is open.
  'VPSidebarItem.vue': [
    ["(isLink.value ? undefined : 'button')", "(isLink.value || !collapsible.value ? undefined : 'button')"],
    [':tabindex="item.items && 0"', ':tabindex="itemRole && 0"'],
    ['aria-label="toggle section"', ':aria-label="item.text" :aria-expanded="!collapsed"'],
  ],
}

/** Corrects that markup. The build fails if a new release of VitePress no longer contains it, so that somebody checks it again. */
export const mendTheme: Plugin = {
  name: 'mend-theme',
  enforce: 'pre',
  transform(code, id) {
    if (!id.includes('theme-default')) return undefined
    return (MENDS[basename(id)] ?? []).reduce((text, [wrong, right]) => {
      if (!text.includes(wrong)) throw new Error(`${basename(id)} has no more ${wrong}`)
      return text.replaceAll(wrong, right)
    }, code)
  },
}
