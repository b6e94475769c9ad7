import { sessionsOf, SIZES } from '../data.ts'
import { gcmFloor } from '../peers/floor.ts'
import { ironSession } from '../peers/iron.ts'
import { keepsakeSealer } from '../peers/keepsake.ts'
import { secureSession } from '../peers/secure-session.ts'
import { cookieSessionCodec } from '../peers/signed.ts'
import { measure } from '../rounds.ts'
import { sumOf } from '../statistics.ts'
import { inFlight, once } from '../work.ts'
import type { NodeSeries } from '../nodes.ts'

/** A few codecs on the Node that runs this file: microseconds of CPU for a seal and an open, by size, codec and round. */
const found = await secureSession()
const codecs = [
  keepsakeSealer(),
  gcmFloor(),
  cookieSessionCodec(),
  ...(typeof found === 'string' ? [] : [found]),
]
const series: NodeSeries[] = []
for (const { name: size, bytes } of SIZES) {
  const data = sessionsOf(bytes)
  const ironTokens = await Promise.all(data.map((item) => ironSession.seal(item)))
  const entries = [
    ...codecs.map(({ name, seal, open }) => ({
      name,
      candidates: [once(`${name} seal`, data, seal), once(`${name} open`, data.map(seal), open)],
    })),
    {
      name: ironSession.name,
      candidates: [
        inFlight(`${ironSession.name} seal`, data, ironSession.seal),
        inFlight(`${ironSession.name} open`, ironTokens, ironSession.open),
      ],
    },
  ]
  const seriesOf = await measure(
    `nodes, ${process.version}, ${size}`,
    entries.flatMap(({ candidates }) => candidates),
    {
      rounds: 7,
      sliceMs: 8,
    },
  )
  for (const { name, candidates } of entries) {
    series.push({ size, codec: name, cpu: sumOf(...candidates.map((one) => seriesOf(one.name).cpu)) })
  }
}
process.stdout.write(JSON.stringify(series))
