declare module 'koa-session' {
  import type Koa from 'koa'
  export default function session(options: object, app: Koa): Koa.Middleware
}
