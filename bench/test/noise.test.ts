import { describe, expect, it } from 'vitest'
import { noiseLines, noiseOf, type Part, whyNotKept } from '../src/noise.ts'

const part = (benchmark: string, load: number): Part => ({ benchmark, load })

describe('keeping a benchmark run', () => {
  it('a run is kept if each part began with a load average of 1 or less', () => {
    expect(whyNotKept([part('codec', 1), part('memory', 0.2)])).toBeUndefined()
  })

  it('a run that began on a busy machine is rejected with its load and the remedy', () => {
    expect(whyNotKept([part('codec', 0.4), part('load', 2.71), part('memory', 1.2)])).toBe(
      'Nothing was kept, because the run of load began with a load average of 2.7, and the page shows only runs that ' +
        'began with 1 or less: stop other work on this machine, run the benchmark again, and keep that run.',
    )
  })

  it('a folder without a run gives no reason to reject', () => {
    expect(whyNotKept([])).toBeUndefined()
  })
})

describe('the noise section of the performance page', () => {
  const requests: Part = {
    ...part('requests', 0.4),
    noise: noiseOf(0.5, 1.64, [
      { median: 10, p25: 9, p75: 11.25 },
      { median: 20, p25: 10, p75: 30 },
    ]),
  }
  const codec: Part = { ...part('codec', 0.4), noise: noiseOf(0.4, 1.2, []) }

  it('a recorded run has one sentence with its load and the quartiles of its bare handlers', () => {
    expect(noiseLines([codec, requests])[0]).toBe(
      'The load average was 0.4 when the run began; the upper quartile of a bare handler was 2.13 × its lower one in the ' +
        'median, and 3.00 × at worst.',
    )
  })

  it('a part without bare handlers has a row with only its loads', () => {
    expect(noiseLines([codec, requests]).filter((line) => /^\| (codec|requests)/.test(line))).toEqual([
      expect.stringMatching(/^\| codec +\| +0\.4 \| +1\.2 \| +\| +\|$/),
      expect.stringMatching(/^\| requests +\| +0\.5 \| +1\.6 \| +2\.13 × \| +3\.00 × \|$/),
    ])
  })

  it('runs without a noise record are described as such', () => {
    expect(noiseLines([part('codec', 2.7)])[0]).toBe(
      'The runs shown here did not note how busy the machine was.',
    )
  })
})
