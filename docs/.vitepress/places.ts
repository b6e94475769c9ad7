/** Where a page of the repository stands in the site. Its front page is `docs/index.md`. */
export function placeOf(path: string): string {
  return (
    path
      .replace(/^README\.md$/, 'overview.md')
      .replace(/^docs\//, '')
      .replace(/^packages\/([^/]+)\/README\.md$/, 'packages/$1.md')
      .replace(/\/README\.md$/, '/index.md')
      // Two places that differ in nothing but their case are one on some disks.
      .replace(/^[A-Z_]+\.md$/, (name) => `project/${name.toLowerCase()}`)
  )
}

/** Pages for those who change Keepsake: the search for users leaves them out. */
export const isForContributors = (path: string): boolean =>
  /^(?:AGENTS|CODE_OF_CONDUCT|CONTRIBUTING)\.md$|^docs\/(?:decisions\/.*|map|releasing)\.md$/.test(path)
