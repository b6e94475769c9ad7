import type { Anatomy, Segment } from '../anatomy.ts'
import { html, type Html } from '../html.ts'

const LABELS: Readonly<Record<Segment['part'], readonly [name: string, meaning: string]>> = {
  version: ['version', 'fixes the algorithm and the layout'],
  key: ['key id', 'says which secret sealed it, without revealing the secret'],
  nonce: ['nonce', 'random, fresh for every seal'],
  sealed: ['sealed', 'times, session id and data, encrypted'],
  tag: ['tag', 'no longer matches if a single bit is changed'],
}

// If it were narrower, the one byte of the version would be invisible.
const NARROWEST = 8
const BAR_WIDTH = 1000

/** The parts of a token, to scale where that leaves them visible, with a legend; for other values, a sentence. */
export function anatomyBar(anatomy: Anatomy): Html {
  if (anatomy.kind === 'stored')
    return html`<p><b>Not a token:</b> it looks like the cookie of a shop with a store.</p>`
  if (anatomy.kind === 'other') return html`<p><b>Not a token:</b> ${anatomy.why}.</p>`
  return html`<svg
      class="anatomy"
      viewBox="0 0 ${BAR_WIDTH} 100"
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      ${bars(anatomy.segments, anatomy.bytes)}
    </svg>
    <ul class="legend">
      ${anatomy.segments.map(entry)}
    </ul>`
}

function bars(segments: readonly Segment[], bytes: number): readonly Html[] {
  const widths = segments.map((segment) => Math.max(NARROWEST, (segment.bytes / bytes) * BAR_WIDTH))
  const scale = BAR_WIDTH / widths.reduce((sum, width) => sum + width, 0)
  let x = 0
  return segments.map(({ part }, index) => {
    const width = (widths[index] ?? 0) * scale
    const bar = html`<rect
      class="part-${part}"
      x="${x.toFixed(1)}"
      y="0"
      width="${width.toFixed(1)}"
      height="100"
    />`
    x += width
    return bar
  })
}

function entry({ part, bytes, hex }: Segment): Html {
  const [name, meaning] = LABELS[part]
  return html`<li>
    <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true" focusable="false">
      <rect class="part-${part}" width="10" height="10" rx="2" />
    </svg>
    <span class="name">${name} <small>${bytes} ${bytes === 1 ? 'byte' : 'bytes'}</small></span>
    <code>${hex}</code>
    <span class="meaning">${meaning}</span>
  </li>`
}
