import { describe } from 'vitest'
import { H3_DEFAULTS, type H3Keys, readH3 } from '../../src/formats/h3.ts'
import { itReadsAll, itRefusesChanges } from './support.ts'

const readerFor = (keys: Partial<H3Keys> & Pick<H3Keys, 'password'>) => readH3({ ...H3_DEFAULTS, ...keys })
/** Without the rounds that cost two milliseconds for each value that nobody has sealed. */
const cheapReaderFor = ({ password }: Pick<H3Keys, 'password'>) =>
  readH3({ ...H3_DEFAULTS, password, rounds: [1] })

describe('a session of h3', () => {
  itReadsAll('h3', readerFor)
  itRefusesChanges('h3', cheapReaderFor, 'plain values, without an end')
})
