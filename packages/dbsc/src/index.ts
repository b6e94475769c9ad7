export {
  type DeviceHook,
  type DeviceReply,
  type DeviceRequest,
  type DeviceScope,
  fastifyDeviceBound,
} from './fastify.ts'
export { answerDevice, withDeviceBound } from './fetch.ts'
export { type DeviceContext, koaDeviceBound, type KoaDeviceMiddleware } from './koa.ts'
export { deviceBound, type DeviceMiddleware } from './node.ts'
export { requireBound, SessionUnboundError } from './required.ts'
