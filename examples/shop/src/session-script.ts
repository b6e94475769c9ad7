import { buildSync } from 'esbuild'

/*
 * Two minutes before the session of a private page ends, it asks whether the reader is still there; it tells the other tabs
 * about a logout. Without scripts, the form logs out by itself.
 */
const PAGE = `
import { tellTabs, watchSession } from '@keepsake/browser'
import { sessionDialog } from '@keepsake/browser/dialog'

const form = document.querySelector('form[action="/logout"]')
const watch = watchSession({
  ...sessionDialog({ logOut: { label: 'Log out', act: () => form.requestSubmit() } }),
  onEnded: () => dispatchEvent(new Event('session-ended')),
})
form.addEventListener('submit', async (event) => {
  event.preventDefault()
  watch.stop()
  const { type } = await fetch(form.action, { method: 'POST', redirect: 'manual' })
  if (type !== 'opaqueredirect') return form.submit()
  tellTabs()
  location.assign('/')
})
`

/** An additional script of a private page, served at /session.js: the session kit for pages, and the shop's use of it. */
export function sessionScript(): string {
  const { outputFiles } = buildSync({
    stdin: { contents: PAGE, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['@keepsake/source'],
  })
  return outputFiles[0]?.text ?? ''
}
