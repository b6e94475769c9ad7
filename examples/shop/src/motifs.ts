import type { Html } from './html.ts'
import { nature } from './motifs/nature.ts'
import { things } from './motifs/things.ts'
import type { Colours } from './palettes.ts'

const drawings = { ...nature, ...things }

export type Motif = keyof typeof drawings

/** The picture on a cover, as SVG shapes without the surrounding `<svg>`. */
export const draw = (motif: Motif, colours: Colours): Html => drawings[motif](colours)
