import type { Case } from '../case.ts'
import { liveCookies } from '../exchange.ts'
import { type Finding, findingsOf } from '../finding.ts'
import { reasonIn } from '../recognition.ts'
import type { Library } from '../session-cookie.ts'

const { works, fault, limit, unclear } = findingsOf('the-application-does-not-know-its-own-cookie')

/** Whether the application recognizes its cookie. The cookie is sent even where a browser would not send it. */
export function continuity(found: Case): readonly Finding[] {
  if (found.session === undefined) return []
  return [...recognised(found), ...savedLate(found), ...otherNode(found), ...untouched(found)]
}

function recognised(found: Case): readonly Finding[] {
  const { recognitions, repeated, library } = found
  const name = found.session?.name ?? ''
  const known = recognitions.filter((one) => one === 'known').length
  const counts = (what: string) => recognitions.filter((one) => one === what).length
  const lost = counts('new') + counts('deleted') + counts('failed')
  if (known > 0 && lost > 0)
    return [
      fault('not_shared', {
        says: `Of ${recognitions.length} requests with the same cookie, ${known} find the session and ${lost} do not.`,
        why: 'Several processes serve requests, and the session is in the memory of one of them; or their secrets differ.',
        write: SHARED[library === 'keepsake' ? 'keepsake' : 'others'],
      }),
    ]
  // Each response replaces the cookie, and invalidates the previous one.
  if (known === 0 && lost > 0 && found.onReturn === 'known')
    return [
      works('continues', { says: 'A second request with the cookie finds the session again.' }),
      limit('one_use', {
        says: `${name} is valid for one request only: two concurrent requests lose the session.`,
        why: 'Each response gives the session a new id and invalidates the old one.',
        write: ['regenerate the session at login only, not on every request'],
      }),
    ]
  const sign = repeated.map(reasonIn).find((reason) => reason !== undefined)
  const said = sign === undefined ? '' : `Its own reason:  ${sign}.`
  if (counts('failed') > 0) {
    const status = repeated.find((answer) => answer.status >= 400)?.status ?? 0
    return [
      fault('fails_with_cookie', {
        says: `The application answers ${status} to requests with the cookie ${name}, and succeeds without it.`,
        why: `${FAILURES[status] ?? 'Reading the session fails; the error is in the application log.'}${said}`,
        write: [
          status === 431 || status === 400
            ? 'keep less in the cookie, or keep the session in a store: session({ store: … })'
            : 'read the application log',
        ],
      }),
    ]
  }
  if (counts('deleted') > 0)
    return [
      fault('deleted', {
        says: `When the browser sends ${name} back, the application deletes it.`,
        why: `The application rejects its own cookie: it was signed with another secret, or has expired by the server's clock, or its session is not in the store.${said}`,
        write: SAME_SECRET,
      }),
    ]
  if (counts('new') > 0) return [beginsAnew(name, found, said)]
  return known > 0
    ? [works('continues', { says: 'A second request with the cookie finds the session again.' })]
    : [
        unclear('unclear', {
          says: 'The page does not show whether the second request finds the session.',
          why: 'The cookie alone does not show it: it contains the data itself, or is not set again. Only the content of a page can.',
          write: ['keepsake doctor URL --path PATH  # a page that shows data of the session'],
        }),
      ]
}

function beginsAnew(name: string, { repeated, library }: Case, said: string): Finding {
  const sets = repeated.some((answer) => liveCookies(answer).some((cookie) => cookie.name === name))
  return fault('new_each_time', {
    says: sets
      ? `Each request starts a new session, even if it sends the cookie ${name} of the previous one.`
      : `The application answers a request with the cookie ${name} exactly as it answers one without.`,
    why: `The browser sent the cookie, but the application ignored it: the secret changes with each request or process, the store has lost the session, two middlewares use the same name, or the page reads another session than the one that was written.${said}`,
    write: [
      ...SAME_SECRET,
      ...SHARED[library === 'keepsake' ? 'keepsake' : 'others'],
      'mount the session middleware once, above the routes',
    ],
  })
}

const SAME_SECRET: readonly string[] = [
  'secret: process.env.SESSION_SECRET  // the same in all processes and after a restart; in Keepsake: secrets',
]

const SHARED: Readonly<Record<'keepsake' | 'others', readonly string[]>> = {
  keepsake: [
    'createSessions({ secrets: process.env.SESSION_SECRET, store: redisStore(client) })  // in all processes',
  ],
  others: [
    'session({ secret: process.env.SESSION_SECRET, store: new RedisStore({ client }) })  // in all processes',
  ],
}

const FAILURES: Readonly<Record<number, string>> = {
  400: 'The header is too large for the server or a proxy.',
  431: 'The header is too large for the server or a proxy.',
  403: 'Something refuses the request, such as a CSRF guard.',
}

/** The third request finds the session and the redirected one did not: the store was slower than the browser. */
function savedLate({ recognitions, afterRedirect }: Case): readonly Finding[] {
  if (afterRedirect !== 'new' || !recognitions.every((one) => one === 'known')) return []
  return [
    fault('saved_late', {
      says: 'The redirect is sent before the session is saved, so the next page does not find it yet.',
      why: 'A browser follows a redirect as soon as its headers arrive, and the store was slower than that.',
      write: ['req.session.save(() => res.redirect(…))  // Keepsake saves before it sends the headers'],
    }),
  ]
}

function otherNode({ byNode, library, plan }: Case): readonly Finding[] {
  if (plan.node === undefined || byNode === undefined) return []
  const { host } = plan.node
  if (byNode === 'known')
    return [works('nodes_agree', { says: `${host} finds the session that started here.` })]
  if (byNode === 'unclear')
    return [
      unclear('node_unclear', {
        says: `This page does not show whether ${host} finds the session.`,
        why: 'Neither its cookies nor its content show it.',
        write: ['keepsake doctor URL --node URL --path PATH  # a page that shows data of the session'],
      }),
    ]
  return [
    fault('nodes_differ', {
      says: `${host} does not find a session that started here.`,
      why: nodeReason(library),
      write: [...SAME_SECRET, ...SHARED[library === 'keepsake' ? 'keepsake' : 'others']],
    }),
  ]
}

/** If the cookie holds the session itself, only the secrets can differ. */
function nodeReason(library: Library): string {
  const isInCookie = library === 'cookie-session' || library === 'iron-session'
  return isInCookie
    ? 'The session is in the cookie, so the secrets of the two processes differ.'
    : 'Their secrets differ, or each uses a different store.'
}

function untouched({ nowhere, session, library }: Case): readonly Finding[] {
  if (nowhere?.status !== 404 || !liveCookies(nowhere).some(({ name }) => name === session?.name)) return []
  if (library === 'keepsake') return []
  return [
    limit('saves_untouched', {
      says: 'Even a 404 response starts a session, so every bot gets one.',
      why: 'saveUninitialized saves empty sessions, and a client that keeps no cookies gets a new one with each request.',
      write: ['session({ saveUninitialized: false, resave: false })'],
    }),
  ]
}
