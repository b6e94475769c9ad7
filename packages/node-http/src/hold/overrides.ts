import type { AnyResponse } from '../headers/messages.ts'
import { type Args, type Method, type Methods, methodsOf, type Originals } from './methods.ts'

/** Decides whether calls of a response's methods continue. */
export interface Gate {
  /** The previous gate, for another session of the same response: a call that continues reaches it next. */
  readonly below: Gate | undefined
  /** The response's methods without any gate. */
  readonly originals: Originals
  /** Reads the arguments of `writeHead` that must be known before; returns the rest. */
  takeHead(args: Args): Args
  /** Called before a call. Returns whether it continues. */
  admit(): boolean
  /** Takes a call that does not continue, and returns its result for the caller. */
  keep(method: Method, args: Args): unknown
}

const GATE = Symbol('keepsake.gate')

/** A response whose methods are overridden, with its newest gate. */
interface Gated {
  [GATE]: Gate
}

/**
 * The functions that override a response's methods: the same for every response, because separate closures would be the
 * most expensive part of a request whose handler never uses its session.
 */
const OVERRIDES: Methods & ThisType<AnyResponse & Gated> = {
  writeHead(...args) {
    return passOn(this[GATE], this, 'writeHead', this[GATE].takeHead(args))
  },
  write(...args) {
    return passOn(this[GATE], this, 'write', args)
  },
  // Nearly every response ends with this one call, which must not cost an array.
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

/** Passes a call to a gate, to those below it, and then to the response's own method. */
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

/** The response's current methods: its prototype's, unless they were replaced. */
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

/** From now on the methods of the response call `gate`. */
export function override(response: AnyResponse, gate: Gate): void {
  ;(response as Partial<Gated>)[GATE] = gate
  const methods = methodsOf(response)
  // One by one: Object.assign takes three times as long, for every request.
  methods.writeHead = OVERRIDES.writeHead
  methods.write = OVERRIDES.write
  methods.end = OVERRIDES.end
  methods.flushHeaders = OVERRIDES.flushHeaders
}

/**
 * Restores the response's methods, unless another gate needs the overrides. If one of them has been wrapped
 * since, it stays and passes everything on.
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
