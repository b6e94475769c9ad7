import type { OpenReason } from '@keepsake/core'
import type { Anatomy } from '../anatomy.ts'
import { html, type Html } from '../html.ts'

/** The cookie of a stored session, and the record that it opens; for other values, a sentence. */
export function storedCard(anatomy: Anatomy, opened: OpenReason): Html {
  if (anatomy.kind === 'token')
    return html`<p><b>Not from the store:</b> it looks like the token of a shop without a store.</p>`
  if (anatomy.kind === 'other')
    return html`<p>
      <b>Not from the store:</b> the cookie of a stored session has 64 characters of base64url.
    </p>`
  const isOpen = opened !== 'ended' && opened !== 'superseded'
  return html`<p><b>Random bytes.</b> ${sentenceOf(opened)}</p>
    <svg
      class="anatomy"
      viewBox="0 0 1000 100"
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <rect class="part-locator" width="100" height="100" />
      <rect class="part-verifier" x="100" width="200" height="100" />
      <path class="leads" d="M310 50 H410" />
      <rect class="${isOpen ? 'part-sealed' : 'part-none'}" x="420" width="580" height="100" />
    </svg>
    <ul class="legend">
      ${entry('part-locator', 'locator', html`<code>${anatomy.locator}</code>`, LOCATOR)}
      ${entry('part-verifier', 'verifier', html`<code>${anatomy.verifier}</code>`, VERIFIER)}
      ${
        isOpen
          ? entry('part-sealed', 'record', 'in the store', RECORD)
          : entry('part-none', 'no record', 'in the store', opened === 'ended' ? ENDED : SUPERSEDED)
      }
    </ul>`
}

function sentenceOf(opened: OpenReason): string {
  if (opened === 'ended') return 'The store has no data for them.'
  if (opened === 'superseded') return 'They belong to data in the store, but no longer open it.'
  return 'The data is in the store; the cookie reveals nothing about it.'
}

const LOCATOR = '16 bytes that find the record; they stay the same for the whole session'
const VERIFIER = '32 bytes that open it; a login replaces them, and these become useless'
const RECORD =
  'times, session id and data, encrypted; the store has only hashes of both parts, so it reveals no cookie'
const ENDED = 'the session has ended, or never existed'
const SUPERSEDED = 'another cookie opens it now'

const entry = (part: string, name: string, value: Html | string, meaning: string): Html =>
  html`<li>
    <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true" focusable="false">
      <rect class="${part}" width="10" height="10" rx="2" />
    </svg>
    <span class="name">${name}</span>
    <span>${value}</span>
    <span class="meaning">${meaning}</span>
  </li>`
