import { createScene, type Victim } from './forger.ts'
import { CONTENT_FORGERS } from './forgers-content.ts'
import { SIGNATURE_FORGERS } from './forgers-signature.ts'
import { createRandom } from './random.ts'

/** A proof that no server may accept. */
export interface Forgery {
  /** What is wrong with it. */
  readonly kind: string
  /** The fields of `Secure-Session-Response`, one for each. */
  readonly fields: readonly string[]
}

const FORGERS = Object.entries({ ...SIGNATURE_FORGERS, ...CONTENT_FORGERS })

/** The kinds of forgery that there are; each comes in its turn. */
export const FORGERY_KINDS: readonly string[] = FORGERS.map(([kind]) => kind)

/** So many forgeries, with the same choices for the same seed. */
export function* forgedProofs(victim: Victim, count: number, seed: number): Generator<Forgery, void> {
  const scene = createScene(victim, createRandom(seed))
  for (let made = 0; made < count;)
    for (const [kind, forge] of FORGERS) if (made++ < count) yield { kind, fields: [forge(scene)].flat() }
}
