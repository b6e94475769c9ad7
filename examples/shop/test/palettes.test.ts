import { expect, test } from 'vitest'
import { palettes } from '../src/palettes.ts'

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return channel <= 0.03928 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

test.each(Object.entries(palettes))('titles have enough contrast on %s', (_, { cloth, ink }) => {
  const [dark = 0, light = 0] = [luminance(cloth), luminance(ink)].sort((a, b) => a - b)
  expect((light + 0.05) / (dark + 0.05)).toBeGreaterThan(4.5)
})
