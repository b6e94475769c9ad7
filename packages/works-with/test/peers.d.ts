/** It has no types of its own, and nobody else's are on npm. */
declare module '@koa/ejs' {
  import type Koa from 'koa'

  export default function render(app: Koa, options: object): void
}
