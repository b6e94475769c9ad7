import type { AnyResponse } from '../headers/messages.ts'
import { type Args, type Method, type Methods, methodsOf, type Originals } from './methods.ts'

/** What decides whether calls of a response's methods go on. */
export interface Gate {
  /** The gate that was there before, for another session of the same response: a call that goes on meets it next. */
  readonly below: Gate | undefined
  /** The response's methods without any gate. */
  readonly originals: Originals
  /** Takes what of the arguments of `writeHead` must be known before; returns what is left of them. */
  takeHead(args: Args): Args
  /** A call has come. Returns whether it goes on. */
  admit(): boolean
  /** Takes a call that does not go on, and returns what the caller is told. */
  keep(method: Method, args: Args): unknown
}

const GATE = Symbol('keepsake.gate')

/** A response whose methods are overridden, with its newest gate. */
interface Gated {
  [GATE]: Gate
}

/**
 * What overrides a response's methods: the same functions for every response, because closures for each would be the
 * dearest part of a request whose handler never looks at its session.
 */
const OVERRIDES: Methods & ThisType<AnyResponse & Gated> = {
  writeHead(...args) {
    return passOn(this[GATE], this, 'writeHead', this[GATE].takeHead(args))
  },
  write(...args) {
    return passOn(this[GATE], this, 'write', args)
  },
  // Nearly every response ends by this one call, which must not cost an array.
  end(chunk, encoding, callback) {
    const gate = this[GATE]
    return gate.below === undefined && gate.admit()
      ? gate.originals.end.call(this, chunk, encoding, callback)
      : passOn(gate, this, 'end', [chunk, encoding, callback])
  },
  flushHeaders(...args) {
    return passOn(this[GATE], this, 'flushHeaders', args)
  },
}

/** Makes a call at a gate, at those below it, and then at the response's own method. */
export function passOn(first: Gate | undefined, response: AnyResponse, method: Method, args: Args): unknown {
  for (let gate = first; gate !== undefined; gate = gate.below) {
    if (!gate.admit()) return gate.keep(method, args)
    if (gate.below === undefined) return Reflect.apply(gate.originals[method], response, args)
  }
  return undefined
}

/** The newest gate of a response. */
export function gateOf(response: AnyResponse): Gate | undefined {
  return (response as Partial<Gated>)[GATE]
}

/** The methods that a response has now: its prototype, unless somebody has given it others. */
export function originalsOf(response: AnyResponse): Originals {
  const { writeHead, write, end, flushHeaders, on } = methodsOf(response)
  const inherited = methodsOf(Object.getPrototypeOf(response) as object)
  const isOwn =
    writeHead !== inherited.writeHead ||
    write !== inherited.write ||
    end !== inherited.end ||
    flushHeaders !== inherited.flushHeaders
  return isOwn ? { writeHead, write, end, flushHeaders, on } : inherited
}

/** From now on the methods of the response ask `gate`. */
export function override(response: AnyResponse, gate: Gate): void {
  ;(response as Partial<Gated>)[GATE] = gate
  const methods = methodsOf(response)
  // One by one: Object.assign takes three times as long, and every request pays for it.
  methods.writeHead = OVERRIDES.writeHead
  methods.write = OVERRIDES.write
  methods.end = OVERRIDES.end
  methods.flushHeaders = OVERRIDES.flushHeaders
}

/**
 * Gives the response its methods back, unless another gate needs the overrides. Where somebody has wrapped one of them
 * since, it stays and hands everything on.
 */
export function restore(response: AnyResponse, gate: Gate): void {
  if (gate.below !== undefined || gateOf(response) !== gate) return
  const methods = methodsOf(response)
  const { originals } = gate
  // Assigning is cheaper than deleting, which would turn the response into a slow object; one by one, as above.
  if (methods.writeHead === OVERRIDES.writeHead) methods.writeHead = originals.writeHead
  if (methods.write === OVERRIDES.write) methods.write = originals.write
  if (methods.end === OVERRIDES.end) methods.end = originals.end
  if (methods.flushHeaders === OVERRIDES.flushHeaders) methods.flushHeaders = originals.flushHeaders
}
