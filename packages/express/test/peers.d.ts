/* Their own types give `req.session` another type, so that they cannot stand beside ours. */
declare module 'express-session' {
  import type { RequestHandler } from 'express'
  export default function session(options: object): RequestHandler
}
declare module 'cookie-session' {
  import type { RequestHandler } from 'express'
  export default function session(options: object): RequestHandler
}
