import { expect, it } from 'vitest'
import { checkNode } from '../../src/base/runtime.ts'

it.each(['18.20.8', '20.20.2', '21.7.3'])('Node %s is refused with the release that is needed', (version) => {
  expect(() => checkNode(version)).toThrow(`Keepsake needs Node 22.13 or newer; this is Node ${version}`)
})

it.each(['22.13.0', '24.21.0', '100.0.0'])('Node %s is accepted', (version) => {
  expect(() => checkNode(version)).not.toThrow()
})
