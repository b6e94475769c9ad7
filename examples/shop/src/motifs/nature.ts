import { html } from '../html.ts'
import type { Drawing } from './drawing.ts'

const wave = (y: number): string => `M22 ${y} q13 -14 26 0 t26 0 t26 0 t26 0 t26 0 t26 0`

const pine = (x: number, y: number, size: number): string =>
  [0, 1, 2]
    .map((tier) => {
      const half = size * (0.26 + tier * 0.1)
      const top = y - size + tier * size * 0.26
      return `M${x} ${top} L${x + half} ${top + size * 0.44} H${x - half} Z`
    })
    .join(' ')

const reed = (x: number, top: number): string => `M${x} 268 Q${x - 4} ${top + 60} ${x + 6} ${top}`

/** Motifs of sea, weather and plants. */
export const nature = {
  tail: ({ ink, glow }) => html`
    <path
      d="M100 232 C92 200 88 184 58 172 C46 167 40 154 40 142 C60 140 84 146 100 166 C116 146 140 140 160 142 C160 154 154 167 142 172 C112 184 108 200 100 232 Z"
      fill="${ink}"
    />
    <g fill="none" stroke="${glow}" stroke-width="3" stroke-linecap="round">
      <path d="${wave(226)}" /><path d="${wave(242)}" /><path d="${wave(258)}" />
    </g>
  `,
  rose: ({ ink, glow }) => html`
    <path
      d="M100 178 V262 M100 236 Q70 236 66 210 Q94 210 100 236 M100 250 Q130 248 136 222 Q108 224 100 250"
      fill="none"
      stroke="${ink}"
      stroke-width="3"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
    <circle cx="100" cy="160" r="32" fill="${glow}" />
    <path
      d="M100 160 q8 -8 10 2 q-2 14 -16 10 q-14 -8 -4 -24 q16 -14 32 2 q10 22 -10 34 q-28 10 -38 -16"
      fill="none"
      stroke="${ink}"
      stroke-width="3"
      stroke-linecap="round"
    />
  `,
  bolt: ({ ink, glow }) => html`
    <path d="M112 124 L70 202 H98 L86 262 L134 176 H106 Z" fill="${glow}" />
    <g fill="none" stroke="${ink}" stroke-width="2.5" stroke-linecap="round">
      <path d="M30 172 h26 M36 188 h14 M146 160 h26 M150 176 h14 M28 236 h30 M142 232 h30" />
    </g>
  `,
  pines: ({ ink, glow }) => html`
    <circle cx="134" cy="150" r="19" fill="${ink}" />
    <path d="${pine(52, 246, 92)} ${pine(150, 246, 76)}" fill="${glow}" />
    <path d="${pine(100, 250, 116)}" fill="${ink}" />
    <path d="M24 256 H176 M46 264 H154" stroke="${glow}" stroke-width="3" stroke-linecap="round" />
  `,
  moon: ({ cloth, ink, glow }) => html`
    <circle cx="100" cy="178" r="52" fill="${glow}" />
    <path
      d="M80 226 C76 206 86 196 95 189 L92 176 L101 181 L119 163 L124 169 L112 186 C111 198 115 208 116 226 Z"
      fill="${cloth}"
    />
    <path d="M82 220 q-16 2 -18 -14" fill="none" stroke="${cloth}" stroke-width="4" stroke-linecap="round" />
    <path d="M22 262 V240 Q100 200 178 240 V262 Z" fill="${ink}" />
  `,
  reeds: ({ ink, glow }) => html`
    <path d="M56 222 H144 Q136 246 120 246 H80 Q64 246 56 222 Z" fill="${ink}" />
    <path
      d="M100 222 V146 L132 206 H100"
      fill="${glow}"
      stroke="${ink}"
      stroke-width="3"
      stroke-linejoin="round"
    />
    <path d="${wave(254)}" fill="none" stroke="${glow}" stroke-width="3" stroke-linecap="round" />
    <path
      d="${reed(30, 150)} ${reed(42, 176)} ${reed(160, 160)} ${reed(172, 184)}"
      fill="none"
      stroke="${ink}"
      stroke-width="3"
      stroke-linecap="round"
    />
    <path d="M36 150 v18 M48 176 v16 M166 160 v18" stroke="${glow}" stroke-width="8" stroke-linecap="round" />
  `,
} satisfies Readonly<Record<string, Drawing>>
