import { basename } from 'node:path'
import type { UserConfig } from 'vitepress'

type Plugin = NonNullable<NonNullable<UserConfig['vite']>['plugins']>[number]

/** What parts of VitePress tell those who do not see them, and what is true. */
const MENDS: Readonly<Record<string, readonly (readonly [wrong: string, right: string])[]>> = {
  // A button that has fields and links inside is none, and neither is the part of a list that has one.
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
    // What is read is what is seen.
    [`:aria-label="[...p.titles, p.title].join(' > ')"`, ''],
    ['<span class="title-icon">', '<span class="title-icon" aria-hidden="true">'],
    ['<kbd :aria-label', '<kbd role="img" :aria-label'],
    [
      'class="result"',
      `class="result" role="option" :id="'localsearch-item-' + index"
              :aria-selected="selectedIndex === index ? 'true' : 'false'"`,
    ],
  ],
  // Parts of a page are in landmarks.
  'VPHome.vue': [['class="VPHome"', 'class="VPHome" role="main"']],
  'NotFound.vue': [['class="NotFound"', 'class="NotFound" role="main"']],
  'VPLocalNav.vue': [
    [':class="classes"', ':class="classes" role="navigation" aria-label="Menus of this page"'],
  ],
  // The focus goes back to where it came from, and not to the field that is gone.
  'VPNavBarSearch.vue': [
    ['@close="showSearch = false"', `@close="showSearch = false; $el.querySelector('button')?.focus()"`],
  ],
  // The heading of a group that cannot be folded is no button, and one that is folded says so.
  'VPSidebarItem.vue': [
    ["(isLink.value ? undefined : 'button')", "(isLink.value || !collapsible.value ? undefined : 'button')"],
    [':tabindex="item.items && 0"', ':tabindex="itemRole && 0"'],
    ['aria-label="toggle section"', ':aria-label="item.text" :aria-expanded="!collapsed"'],
  ],
}

/** Mends parts of VitePress. A release of it that has changed them fails the build, so that this is looked at again. */
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
