import { createScene, type Victim } from './forger.ts'
import { CONTENT_FORGERS } from './forgers-content.ts'
import { SIGNATURE_FORGERS } from './forgers-signature.ts'
import { createRandom } from './random.ts'

/** A proof that every server must reject. */
export interface Forgery {
  /** What is wrong with it. */
  readonly kind: string
  /** The values of the `Secure-Session-Response` fields. */
  readonly fields: readonly string[]
}

const FORGERS = Object.entries({ ...SIGNATURE_FORGERS, ...CONTENT_FORGERS })

/** All kinds of forgeries, in the order in which they are made. */
export const FORGERY_KINDS: readonly string[] = FORGERS.map(([kind]) => kind)

/** Makes `count` forgeries; the same seed makes the same ones. */
export function* forgedProofs(victim: Victim, count: number, seed: number): Generator<Forgery, void> {
  const scene = createScene(victim, createRandom(seed))
  for (let made = 0; made < count;)
    for (const [kind, forge] of FORGERS) if (made++ < count) yield { kind, fields: [forge(scene)].flat() }
}
