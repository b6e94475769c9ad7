/** A cover's cloth color, the color of its motif, and a brighter accent. */
export interface Colours {
  readonly cloth: string
  readonly ink: string
  readonly glow: string
}

/** Every cover's colors. The contrast between ink and cloth is at least 4.5 to 1, because titles use them. */
export const palettes = {
  ocean: { cloth: '#1f3f57', ink: '#f1e6cf', glow: '#7fb0bd' },
  rose: { cloth: '#f0d9cf', ink: '#6d2438', glow: '#c5687a' },
  storm: { cloth: '#2b2f3a', ink: '#e8e4d8', glow: '#e3c44d' },
  brass: { cloth: '#e9d5a1', ink: '#4a3312', glow: '#b07d2b' },
  forest: { cloth: '#2f4a37', ink: '#efe7cd', glow: '#8fb07a' },
  plum: { cloth: '#57304f', ink: '#f6e3dc', glow: '#e08fa0' },
  moor: { cloth: '#3c3a2c', ink: '#efe3bd', glow: '#d9b45a' },
  dawn: { cloth: '#f3ddc0', ink: '#27425a', glow: '#d3663f' },
  ember: { cloth: '#7a2d25', ink: '#f9e6c8', glow: '#f0ab4e' },
  moss: { cloth: '#dfe3c4', ink: '#2f4a2b', glow: '#7c9a4c' },
  river: { cloth: '#cfe0dc', ink: '#23494a', glow: '#5b9a8b' },
  night: { cloth: '#221a2c', ink: '#f0dfd5', glow: '#b8323f' },
} as const satisfies Readonly<Record<string, Colours>>

export type Palette = keyof typeof palettes
