import type { Case } from '../case.ts'
import { type Exchange, headerOf, liveCookies } from '../exchange.ts'
import { type Finding, findingsOf } from '../finding.ts'
import { showsBeginning } from '../pages.ts'
import { pageIn } from '../visit.ts'

const { fault, limit, unclear } = findingsOf('no-cookie-is-set')

const TRUST = `app.set('trust proxy', 1)  // Express; Koa: app.proxy = true; Fastify: { trustProxy: 1 }`
const ORDER = 'app.use(session(…))  // above all routes'
const LATE = 'change the session before the first byte: before res.write, res.send and pipe'
const WRITE =
  'keepsake doctor URL --write /login --method POST --data user=…  # the request that begins the session'

/** Why no answer has set the session's cookie, as far as answers show. */
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
        says: 'Over plain http the application sets no cookie; told by a proxy that the visitor came by https, it does.',
        why: 'With secure: true express-session and others set no cookie on a request that is not https, and say nothing.',
        write: [
          `cookie: { secure: process.env.NODE_ENV === 'production' }  // to develop without https`,
          'keepsake doctor URL --proxy  # judges it as behind the proxy',
        ],
      }),
    ]
  if (broken.status >= 400 || isUndefinedSession(broken)) return [errorFinding(found, broken, fault)]
  if (isStreamed(answer))
    return [
      fault('late', {
        says: 'No cookie is set, and the answer is sent piece by piece: most likely the session was changed after the head had left.',
        why: 'A cookie is in the head, which leaves with the first byte.',
        write: [LATE, ORDER],
      }),
    ]
  if (plan.isProxied || answer.url.protocol === 'https:')
    return [
      (mustSet(found, answer) ? fault : unclear)('proxy_not_trusted', {
        says: 'No cookie is set, although the visitor comes by https: most likely the application does not trust the proxy that says so.',
        why: 'Without trust the request is plain http to the application, and with secure: true express-session and others then set no cookie, and say nothing.',
        write: [TRUST, ORDER, LATE],
      }),
    ]
  return [noCookie(found, answer)]
}

/** Whether there has to be a cookie: somebody says so, or the page speaks of it. */
const mustSet = ({ plan }: Case, { body }: Exchange): boolean =>
  plan.write.isNamed || plan.cookie !== undefined || showsBeginning(body)

function noCookie(found: Case, answer: Exchange): Finding {
  const must = mustSet(found, answer)
  const { cookie } = found.plan
  const what = cookie === undefined ? 'session cookie' : `cookie ${cookie}`
  return (must ? fault : unclear)('no_cookie', {
    says: `No answer sets a ${what}.`,
    why: 'Nothing was written into the session; or its middleware stands below the route; or it was changed after the head had left; or the cookie is Secure, and the application takes the request for plain http.',
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
      says: `${at} fails with ${status}: the handler sees no body.`,
      why: 'What parses bodies stands below the route, or is for another content type.',
      write: ['app.use(express.urlencoded({ extended: false }), express.json())  // above the routes'],
    })
  if (isUndefinedSession(answer))
    return fault('order', {
      says: `${at} fails with ${status}: the handler sees no session.`,
      why: 'The session middleware stands below the route, or is not mounted for it, or its cookie is for another path.',
      write: [ORDER],
    })
  if (/secure cookie over unencrypted/i.test(answer.body))
    return fault('needs_https', {
      says: 'The application refuses to set a Secure cookie over plain http.',
      why: 'It does not know of the proxy that speaks https.',
      write: [TRUST],
    })
  if (status >= 500)
    return fault('server_error', {
      says: `${at} answers ${status}${session === undefined ? ', and sets no cookie' : ''}.`,
      why: 'Nothing is known of the session before this is mended. A handler that sees no session fails like this, as does a Secure cookie over plain http in Koa.',
      write: ['look at the log of the application', ORDER, TRUST],
    })
  if (session !== undefined)
    return make('refuses', { says: `${at} answers ${status}, and sets the cookie all the same.` })
  return (plan.write.isNamed ? fault : unclear)('not_a_page', {
    says: `${at} answers ${status}, and sets no cookie.`,
    why: 'Sessions begin on a page that writes something into them, such as a login.',
    write: [WRITE],
  })
}

const isUndefined = ({ body }: Exchange): boolean =>
  /Cannot (?:read|set) propert(?:y|ies) of undefined|is undefined/.test(body)

const isUndefinedSession = (answer: Exchange): boolean =>
  answer.status >= 500 &&
  (isUndefined(answer) ||
    /session is not (?:defined|a function)|(?:req(?:uest)?|ctx)\.session/.test(answer.body))

/** By chunks that no compression explains. */
const isStreamed = (answer: Exchange): boolean =>
  headerOf(answer, 'transfer-encoding').includes('chunked') && headerOf(answer, 'content-encoding') === ''
