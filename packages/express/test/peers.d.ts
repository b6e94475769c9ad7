/* Their own types declare another type for `req.session`, which clashes with ours. */
declare module 'express-session' {
  import type { RequestHandler } from 'express'
  export default function session(options: object): RequestHandler
}
declare module 'cookie-session' {
  import type { RequestHandler } from 'express'
  export default function session(options: object): RequestHandler
}
