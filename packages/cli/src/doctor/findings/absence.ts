import type { Case } from '../case.ts'
import { type Exchange, headerOf, liveCookies } from '../exchange.ts'
import { type Finding, findingsOf } from '../finding.ts'
import { showsBeginning } from '../pages.ts'
import { pageIn } from '../visit.ts'

const { fault, limit, unclear } = findingsOf('no-cookie-is-set')

const TRUST = `app.set('trust proxy', 1)  // Express; Koa: app.proxy = true; Fastify: { trustProxy: 1 }`
const ORDER = 'app.use(session(…))  // above all routes'
const LATE = 'change the session before the first byte is sent: before res.write, res.send or pipe'
const WRITE =
  'keepsake doctor URL --write /login --method POST --data user=…  # the request that starts the session'

/** Why no response has set the session's cookie, as far as the responses show it. */
export function absence(found: Case): readonly Finding[] {
  const { session, plan, first, visited, otherwise } = found
  const answer = pageIn(first)
  const broken = visited.find(({ status }) => status >= 500) ?? answer
  const beside = session !== undefined && first.exchanges.some((one) => liveCookies(one).length > 0)
  if (beside) return answer.status >= 400 ? [errorFinding(found, broken, limit)] : []
  if (session !== undefined) return []
  if (otherwise !== undefined && liveCookies(otherwise).length > 0 && !plan.isProxied)
    return [
      fault('needs_https', {
        says: 'The application sets no cookie over plain http. It sets one if a proxy reports https (X-Forwarded-Proto).',
        why: 'With secure: true, express-session and others silently set no cookie unless the request came over https.',
        write: [
          `cookie: { secure: process.env.NODE_ENV === 'production' }  // for development without https`,
          'keepsake doctor URL --proxy  # checks it as if behind the proxy',
        ],
      }),
    ]
  if (broken.status >= 400 || isUndefinedSession(broken)) return [errorFinding(found, broken, fault)]
  if (isStreamed(answer))
    return [
      fault('late', {
        says: 'No cookie is set, and the response is streamed: the session was probably changed after the headers were sent.',
        why: 'Set-Cookie is a header, and the headers are sent before the first byte of the body.',
        write: [LATE, ORDER],
      }),
    ]
  if (plan.isProxied || answer.url.protocol === 'https:')
    return [
      (mustSet(found, answer) ? fault : unclear)('proxy_not_trusted', {
        says: 'No cookie is set, although the request is https: the application probably does not trust its proxy.',
        why: 'It then takes every request for plain http, and with secure: true express-session and others silently set no cookie.',
        write: [TRUST, ORDER, LATE],
      }),
    ]
  return [noCookie(found, answer)]
}

/** Whether a cookie is expected: the user named a login or a cookie, or the page mentions a session. */
const mustSet = ({ plan }: Case, { body }: Exchange): boolean =>
  plan.write.isNamed || plan.cookie !== undefined || showsBeginning(body)

function noCookie(found: Case, answer: Exchange): Finding {
  const must = mustSet(found, answer)
  const { cookie } = found.plan
  const what = cookie === undefined ? 'session cookie' : `cookie ${cookie}`
  return (must ? fault : unclear)('no_cookie', {
    says: `No response sets a ${what}.`,
    why: 'Nothing was written to the session; or its middleware is mounted after the route; or the session was changed after the headers were sent; or the cookie is Secure, and the application takes the request for plain http.',
    write: must ? [ORDER, LATE, TRUST] : [WRITE, ORDER, LATE, TRUST],
  })
}

function errorFinding({ plan, strangers, session }: Case, answer: Exchange, make: typeof fault): Finding {
  const { status, url, method } = answer
  const at = `${method} ${url.pathname}`
  const isBodyMissing =
    plan.write.data !== undefined && /req(?:uest)?\.body|ctx\.request\.body/.test(answer.body)
  const readsWell = strangers.every((one) => one.status < 400)
  if (isBodyMissing || (plan.write.data !== undefined && status >= 500 && readsWell && isUndefined(answer)))
    return fault('no_body', {
      says: `${at} fails with ${status}: the handler got no request body.`,
      why: 'The body parser is mounted after the route, or is for another content type.',
      write: ['app.use(express.urlencoded({ extended: false }), express.json())  // above the routes'],
    })
  if (isUndefinedSession(answer))
    return fault('order', {
      says: `${at} fails with ${status}: the handler got no session.`,
      why: 'The session middleware is mounted after the route, or not for this route, or its cookie has another path.',
      write: [ORDER],
    })
  if (/secure cookie over unencrypted/i.test(answer.body))
    return fault('needs_https', {
      says: 'The application refuses to set a Secure cookie over plain http.',
      why: 'It does not know that it is behind an https proxy.',
      write: [TRUST],
    })
  if (status >= 500)
    return fault('server_error', {
      says: `${at} answers ${status}${session === undefined ? ', and sets no cookie' : ''}.`,
      why: 'The session cannot be checked until this error is fixed. Typical causes: the handler got no session, or, in Koa, a Secure cookie over plain http.',
      write: ['read the application log', ORDER, TRUST],
    })
  if (session !== undefined)
    return make('refuses', {
      says: `${at} answers ${status}, but sets the cookie.`,
      why: 'The request itself fails, so its session may lack what a successful one would write, such as the user.',
      write: ['check the request: --write, --method and --data', 'read the application log'],
    })
  return (plan.write.isNamed ? fault : unclear)('not_a_page', {
    says: `${at} answers ${status}, and sets no cookie.`,
    why: 'A session starts with a request that writes to it, such as a login.',
    write: [WRITE],
  })
}

const isUndefined = ({ body }: Exchange): boolean =>
  /Cannot (?:read|set) propert(?:y|ies) of undefined|is undefined/.test(body)

const isUndefinedSession = (answer: Exchange): boolean =>
  answer.status >= 500 &&
  (isUndefined(answer) ||
    /session is not (?:defined|a function)|(?:req(?:uest)?|ctx)\.session/.test(answer.body))

/** Chunked, although the response is not compressed. */
const isStreamed = (answer: Exchange): boolean =>
  headerOf(answer, 'transfer-encoding').includes('chunked') && headerOf(answer, 'content-encoding') === ''
