export { createFaultProxy, type FaultProxy } from './fault-proxy.ts'
export { cookieFor, type CookieForOptions } from './cookie-for.ts'
export { exchangeOf } from './exchange.ts'
export { type FetchMeans, respondBy } from './fetch-exchange.ts'
export type { Respond } from './returned-response.ts'
export { type Client, type ClientOptions, createClient, type RequestOptions } from './client.ts'
export {
  createDeviceBoundBrowser,
  type DeviceBoundBrowser,
  type DeviceBoundBrowserOptions,
  type DeviceBoundEvent,
} from './device-bound.ts'
export { formOf } from './form.ts'
export type {
  AdapterHost,
  Data,
  Exchange,
  Feature,
  FetchHandler,
  FetchHost,
  Handler,
  Listener,
  Mounted,
  NodeHost,
} from './host.ts'
export { createJar, type Jar, type JarCookie, type JarOptions } from './jar.ts'
export { inSlowMotion, sealedModes, type SuiteMode } from './modes.ts'
export { adapterSuite } from './suite.ts'
export type { Answer, Arriving, Early, Fields } from './wire.ts'
export { type ProcessPlace, storeProcessSuite } from './store-processes.ts'
export type { MakeStore, StorePlace } from './store-place.ts'
export { storeSuite } from './store-suite.ts'
