import type { Anatomy } from '../anatomy.ts'
import { html, type Html } from '../html.ts'

/** An id, and the record that it leads to; a sentence for a value that is none. */
export function idCard(anatomy: Anatomy, isKept: boolean): Html {
  if (anatomy.kind === 'token')
    return html`<p><b>Not an id:</b> it looks like a token that a shop without a store hands out.</p>`
  if (anatomy.kind === 'other')
    return html`<p><b>Not an id:</b> an id has 43 characters of base64url, of 32 bytes.</p>`
  return html`<p>
      <b>A random id.</b>
      ${isKept ? 'The data lies in the store; the cookie says nothing about it.' : 'It could lead to data in the store, but leads nowhere.'}
    </p>
    <svg
      class="anatomy"
      viewBox="0 0 1000 100"
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <rect class="part-id" width="280" height="100" />
      <path class="leads" d="M290 50 H410" />
      <rect class="${isKept ? 'part-sealed' : 'part-none'}" x="420" width="580" height="100" />
    </svg>
    <ul class="legend">
      ${entry('part-id', 'id', html`<code>${anatomy.hex}</code>`, `in the cookie: ${anatomy.bytes} random bytes, which nobody can guess`)}
      ${
        isKept
          ? entry('part-sealed', 'record', 'in the store', RECORD)
          : entry('part-none', 'no record', 'in the store', 'the session has ended, or never was')
      }
    </ul>`
}

const RECORD =
  'times, session id and data, encrypted; it lies under a hash of the id, so the store gives no id away'

const entry = (part: string, name: string, value: Html | string, meaning: string): Html =>
  html`<li>
    <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true" focusable="false">
      <rect class="${part}" width="10" height="10" rx="2" />
    </svg>
    <span class="name">${name}</span>
    <span>${value}</span>
    <span class="meaning">${meaning}</span>
  </li>`
