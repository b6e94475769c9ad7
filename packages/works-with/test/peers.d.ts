/** This package has no types, and npm has none for it either. */
declare module '@koa/ejs' {
  import type Koa from 'koa'

  export default function render(app: Koa, options: object): void
}
