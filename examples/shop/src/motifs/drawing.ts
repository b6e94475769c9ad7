import type { Html } from '../html.ts'
import type { Colours } from '../palettes.ts'

/** SVG shapes for the lower two thirds of a 200 by 300 cover: about x 22 to 178 and y 125 to 262. */
export type Drawing = (colours: Colours) => Html
