import { describe } from 'vitest'
import { FLASK_DEFAULTS, type FlaskKeys, readFlask } from '../../src/formats/flask.ts'
import { itReadsAll, itRefusesChanges } from './support.ts'

const readerFor = (keys: Pick<FlaskKeys, 'secretKeys'>) => readFlask({ ...FLASK_DEFAULTS, ...keys })

describe('a session of Flask', () => {
  itReadsAll('flask', readerFor)
  itRefusesChanges('flask', readerFor, 'plain values')
})
