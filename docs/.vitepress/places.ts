/** The path of a page of the repository in the site. Its front page is `docs/index.md`. */
export function placeOf(path: string): string {
  return (
    path
      .replace(/^README\.md$/, 'overview.md')
      .replace(/^docs\//, '')
      .replace(/^packages\/([^/]+)\/README\.md$/, 'packages/$1.md')
      .replace(/\/README\.md$/, '/index.md')
      // Two paths that differ only in case are the same on some disks.
      .replace(/^[A-Z_]+\.md$/, (name) => `project/${name.toLowerCase()}`)
  )
}

/** Pages for contributors, which the search omits. */
export const isForContributors = (path: string): boolean =>
  /^(?:AGENTS|CODE_OF_CONDUCT|CONTRIBUTING)\.md$|^docs\/(?:decisions\/.*|map|releasing)\.md$/.test(path)
