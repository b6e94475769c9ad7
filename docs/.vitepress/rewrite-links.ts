import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { MarkdownRenderer } from 'vitepress'
import { ROOT } from '../src/pages.ts'
import { placeOf } from './places.ts'

const manifest = JSON.parse(readFileSync(join(ROOT, 'packages/core/package.json'), 'utf8')) as {
  readonly repository: { readonly url: string }
}
export const REPOSITORY: string = manifest.repository.url.replace(/^git\+/, '').replace(/\.git$/, '')

/** The rendered page: its path in the site, and its path in the repository if that differs. */
interface Env {
  readonly path: string
  readonly realPath?: string
}

/**
 * Pages link to each other by their paths in the repository, so that links work there. In the site, a link to a
 * page leads to that page, and a link to any other file leads to the repository.
 */
export function rewriteLinks(md: MarkdownRenderer): void {
  const render = md.renderer.rules['link_open']
  if (render === undefined) throw new Error('links have no renderer')
  md.renderer.rules['link_open'] = (tokens, index, options, env: Env, self) => {
    const token = tokens[index]
    const href = token?.attrGet('href')
    if (typeof href === 'string' && !/^(?:[a-z]+:|#|\/)/i.test(href))
      token?.attrSet('href', inSite(env.realPath ?? env.path, href))
    return render(tokens, index, options, env, self)
  }
}

function inSite(page: string, href: string): string {
  const [file = '', anchor] = href.split('#')
  const path = relative(ROOT, join(dirname(page), decodeURI(file))).replaceAll('\\', '/')
  const hash = anchor === undefined ? '' : `#${anchor}`
  // A broken link is left unchanged, and fails the build.
  if (!existsSync(join(ROOT, path))) return href
  const isPage = /^(?:[A-Z_]+|docs\/.*|packages\/[^/]+\/[^/]+)\.md$/.test(path)
  return isPage ? `/${placeOf(path)}${hash}` : `${REPOSITORY}/blob/main/${path}${hash}`
}
