import { html } from '../html.ts'
import type { Drawing } from './drawing.ts'

const hours = Array.from({ length: 12 }, (_, hour) => hour * 30)

/** Motifs of objects. */
export const things = {
  clock: ({ ink, glow }) => html`
    <circle cx="100" cy="196" r="62" fill="none" stroke="${ink}" stroke-width="3" />
    <circle cx="100" cy="196" r="44" fill="none" stroke="${glow}" stroke-width="9" />
    <g stroke="${ink}" stroke-width="3" stroke-linecap="round">
      ${hours.map((angle) => html`<path d="M100 140 v7" transform="rotate(${angle} 100 196)" />`)}
      <path d="M100 196 V164 M100 196 L124 210" />
    </g>
    <circle cx="100" cy="196" r="6" fill="${ink}" />
  `,
  card: ({ cloth, ink, glow }) => html`
    <rect x="92" y="136" width="70" height="104" rx="8" fill="${glow}" transform="rotate(14 127 188)" />
    <rect x="42" y="140" width="74" height="110" rx="8" fill="${ink}" transform="rotate(-8 79 195)" />
    <path
      d="M79 222 C50 198 58 172 79 184 C100 172 108 198 79 222 Z"
      fill="${cloth}"
      transform="rotate(-8 79 195)"
    />
  `,
  balloon: ({ cloth, ink, glow }) => html`
    <path
      d="M100 128 C58 128 52 176 78 202 L92 218 H108 L122 202 C148 176 142 128 100 128 Z"
      fill="${glow}"
    />
    <path
      d="M100 128 C82 146 84 194 96 218 M100 128 C118 146 116 194 104 218"
      fill="none"
      stroke="${cloth}"
      stroke-width="3"
    />
    <path d="M92 218 L90 236 M108 218 L110 236" stroke="${ink}" stroke-width="2.5" />
    <rect x="86" y="236" width="28" height="18" rx="3" fill="${ink}" />
    <path
      d="M24 238 h30 M34 248 h14 M140 180 h36 M152 190 h16"
      stroke="${ink}"
      stroke-width="2.5"
      stroke-linecap="round"
    />
  `,
  candle: ({ ink, glow }) => html`
    <circle cx="100" cy="164" r="40" fill="${glow}" opacity="0.28" />
    <path d="M100 132 C120 158 116 182 100 182 C84 182 80 158 100 132 Z" fill="${glow}" />
    <path d="M86 190 H114 V246 H86 Z" fill="${ink}" />
    <path
      d="M60 246 H140 L128 260 H72 Z M140 246 q22 -4 18 -20 q-6 -10 -20 0"
      fill="none"
      stroke="${ink}"
      stroke-width="4"
      stroke-linejoin="round"
    />
  `,
  key: ({ ink, glow }) => html`
    <path d="M46 262 V186 A54 54 0 0 1 154 186 V262" fill="none" stroke="${glow}" stroke-width="8" />
    <circle cx="100" cy="180" r="18" fill="none" stroke="${ink}" stroke-width="7" />
    <path
      d="M100 198 V254 M100 236 H118 M100 250 H114"
      fill="none"
      stroke="${ink}"
      stroke-width="7"
      stroke-linecap="round"
    />
    <path
      d="M46 214 q-20 -2 -22 -20 q20 0 22 20 M154 230 q20 -2 22 -20 q-20 0 -22 20 M62 150 q-18 -8 -14 -24 q16 8 14 24 M138 150 q18 -8 14 -24 q-16 8 -14 24"
      fill="${glow}"
    />
  `,
  castle: ({ cloth, ink, glow }) => html`
    <circle cx="134" cy="158" r="30" fill="${glow}" />
    <path
      d="M62 262 V196 h-6 v-14 h8 v6 h6 v-6 h8 v6 h6 v-6 h8 v14 h-6 v22 h34 v-50 l14 -28 l14 28 v94 Z"
      fill="${ink}"
    />
    <path
      d="M92 262 v-18 a10 10 0 0 1 20 0 v18 Z M130 186 h8 v14 h-8 Z M68 206 h8 v12 h-8 Z"
      fill="${cloth}"
    />
    <path
      d="M40 150 q8 -10 14 0 q6 -10 14 0 q-8 -2 -14 6 q-6 -8 -14 -6 Z M74 130 q6 -8 10 0 q4 -8 10 0 q-6 -1 -10 5 q-4 -6 -10 -5 Z"
      fill="${glow}"
    />
  `,
} satisfies Readonly<Record<string, Drawing>>
