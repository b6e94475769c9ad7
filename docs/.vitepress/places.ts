/** Where a page of the repository stands in the site. */
export function placeOf(path: string): string {
  return (
    path
      .replace(/^docs\//, '')
      .replace(/^packages\/([^/]+)\/README\.md$/, 'packages/$1.md')
      .replace(/(^|\/)README\.md$/, '$1index.md')
      // Two places that differ in nothing but their case are one on some disks.
      .replace(/^[A-Z_]+\.md$/, (name) => `project/${name.toLowerCase()}`)
  )
}
