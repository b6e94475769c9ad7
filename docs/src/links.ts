import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { type Page, ROOT } from './pages.ts'

const FENCED = /^(`{3,}).*?^\1$/gms
const COMMENT = /<!--.*?-->/gs
const CODE = /`[^`\n]*`/g
const LINK = /(?<!\\)\]\(<?(?<target>[^)\s>]+)>?(?: "[^"]*")?\)/g
const HEADING = /^#{1,6} (?<text>.+?)(?: #+)?$/gm

/** The broken links of a page, to files or anchors; links to other sites are not checked. */
export function deadLinks({ path, markdown }: Page): string[] {
  const prose = markdown.replaceAll(FENCED, '').replaceAll(COMMENT, '').replaceAll(CODE, 'code')
  return [...prose.matchAll(LINK)]
    .map((match) => match.groups?.['target'] ?? '')
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => !leadsSomewhere(path, target))
    .map((target) => `${path}: ${target}`)
}

function leadsSomewhere(from: string, target: string): boolean {
  const [file = '', anchor] = target.split('#')
  const path = file === '' ? join(ROOT, from) : join(ROOT, dirname(from), decodeURI(file))
  if (!existsSync(path) || relative(ROOT, path).startsWith('..')) return false
  if (anchor === undefined) return true
  return statSync(path).isFile() && anchorsOf(readFileSync(path, 'utf8')).has(anchor)
}

/** The anchors of a page's headings, as on GitHub and on our site. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  const anchors = new Set<string>()
  for (const match of markdown.replaceAll(FENCED, '').matchAll(HEADING)) {
    const slug = slugOf(match.groups?.['text'] ?? '')
    let name = slug
    for (let times = 1; anchors.has(name); times++) name = `${slug}-${times}`
    anchors.add(name)
  }
  return anchors
}

/** GitHub's slug of a heading: lower case, nothing but letters, digits, hyphens and underscores. */
export function slugOf(heading: string): string {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}\-_ ]/gu, '')
    .trim()
    .replaceAll(' ', '-')
}
