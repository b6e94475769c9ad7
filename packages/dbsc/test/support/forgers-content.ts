import type { Forger, Forgers, Scene } from './forger.ts'
import { encoded, signedBy } from './proof.ts'

/** Signs with the device's own key, so that the forged claim is the only fault. */
const claiming =
  (change: (scene: Scene) => unknown): Forger =>
  (scene) =>
    signedBy(scene.device, scene.header, change(scene))

/** Forgeries of the challenge, the claims, the type or the fields. */
export const CONTENT_FORGERS: Forgers = {
  'its challenge has expired': claiming(({ expired }) => ({ jti: expired })),
  'its challenge belongs to another session': claiming(({ foreign }) => ({ jti: foreign })),
  'its challenge was never issued': claiming(({ challenge, random }) => ({
    jti: random.pick([
      '',
      'c1',
      `${challenge}x`,
      `x${challenge}`,
      challenge.slice(0, -1),
      challenge.toUpperCase() === challenge ? challenge.toLowerCase() : challenge.toUpperCase(),
      challenge.split('').toReversed().join(''),
      `${challenge}\u0000`,
      `${challenge},${challenge}`,
    ]),
  })),
  'its challenge is not text': claiming(({ challenge, random }) => ({
    jti: random.pick<unknown>([
      undefined,
      null,
      true,
      1,
      [challenge],
      { [challenge]: challenge },
      { toString: challenge },
    ]),
  })),
  'its claims are not an object': claiming(({ challenge, random }) =>
    random.pick([null, [], challenge, [{ jti: challenge }], 1, true]),
  ),
  'it is a JWT of another type': ({ claims, device, header, random }) =>
    signedBy(
      device,
      {
        ...header,
        typ: random.pick([undefined, null, '', 'JWT', 'dpop+jwt', 'dbsc', 'jwt+dbsc', ['dbsc+jwt'], {}]),
      },
      claims,
    ),
  'it requires an extension': ({ claims, device, header, random }) =>
    signedBy(
      device,
      { ...header, crit: random.pick([['b64'], ['exp'], ['jwk'], [], 'b64']), b64: false },
      claims,
    ),
  'it comes in several fields': ({ attacker, claims, genuine, header, random }) => {
    const forged = signedBy(attacker, header, claims)
    return random.pick([
      [genuine, forged],
      [forged, genuine],
      [forged, forged, genuine],
    ])
  },
  'it is huge': ({ attacker, claims, header, random }) => {
    const length = 1 + random.below(4096)
    return random.pick([
      signedBy(attacker, header, { ...claims, padding: 'x'.repeat(length) }),
      signedBy(attacker, { ...header, padding: 'x'.repeat(length) }, claims),
      signedBy(attacker, header, { ...claims, deep: deep(length) }),
      `${signedBy(attacker, header, claims)}${'A'.repeat(length)}`,
      'A'.repeat(length),
    ])
  },
  'it is not a JWT': ({ challenge, random }) =>
    random.pick([
      challenge,
      `"${challenge}"`,
      '"',
      '""',
      '?1',
      ':aGk=:',
      '(a b)',
      'a;b=c',
      `${encoded({})}.${encoded({})}.${encoded({})}`,
      `${encoded('a')}.${encoded('b')}.${encoded('c')}`,
      `${encoded({ ['__proto__']: { alg: 'none' } })}.${encoded({ ['__proto__']: { jti: challenge } })}.`,
    ]),
}

const deep = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth))
