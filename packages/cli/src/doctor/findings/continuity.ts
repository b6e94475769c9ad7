import type { Case } from '../case.ts'
import { liveCookies } from '../exchange.ts'
import { type Finding, findingsOf } from '../finding.ts'
import { reasonIn } from '../recognition.ts'
import type { Library } from '../session-cookie.ts'

const { works, fault, limit, unclear } = findingsOf('the-application-does-not-know-its-own-cookie')

/** Whether the application knows the session when its cookie comes back, sent by force where a browser would not. */
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
        says: `Of ${recognitions.length} requests with the same cookie ${known} find the session, and ${lost} do not.`,
        why: 'Several processes answer, and the session is in the memory of one; or their secrets differ.',
        write: SHARED[library === 'keepsake' ? 'keepsake' : 'others'],
      }),
    ]
  // Each request takes another cookie, and ends the one before.
  if (known === 0 && lost > 0 && found.onReturn === 'known')
    return [
      works('continues', { says: 'A second request with the cookie finds the session again.' }),
      limit('one_use', {
        says: `${name} is good for one request: two at the same time lose the session.`,
        why: 'Each answer gives the session a new id, and ends the old one.',
        write: ['regenerate the session at the login, and not with each request'],
      }),
    ]
  const sign = repeated.map(reasonIn).find((reason) => reason !== undefined)
  const said = sign === undefined ? '' : ` It says why: ${sign}.`
  if (counts('failed') > 0) {
    const status = repeated.find((answer) => answer.status >= 400)?.status ?? 0
    return [
      fault('fails_with_cookie', {
        says: `With the cookie ${name} the application answers ${status}, and without it does not.`,
        why: `${FAILURES[status] ?? 'Reading the session fails; its log has the error.'}${said}`,
        write: [
          status === 431 || status === 400
            ? 'keep less in the cookie, or the session in a store: session({ store: … })'
            : 'look at the log of the application',
        ],
      }),
    ]
  }
  if (counts('deleted') > 0)
    return [
      fault('deleted', {
        says: `When ${name} comes back, the application has it deleted.`,
        why: `It does not take its own cookie: it was made with another secret, or is over by its clock, or its session is not in the store.${said}`,
        write: SAME_SECRET,
      }),
    ]
  if (counts('new') > 0) return [beginsAnew(name, found, said)]
  return known > 0
    ? [works('continues', { says: 'A second request with the cookie finds the session again.' })]
    : [
        unclear('unclear', {
          says: 'Whether the second request finds the session does not show: the page says nothing of it.',
          why: 'The cookie is one that changes with what it holds, or is not set again, so only the page can tell.',
          write: ['keepsake doctor URL --path PATH  # a page that shows what the session remembers'],
        }),
      ]
}

function beginsAnew(name: string, { repeated, library }: Case, said: string): Finding {
  const sets = repeated.some((answer) => liveCookies(answer).some((cookie) => cookie.name === name))
  return fault('new_each_time', {
    says: sets
      ? `Each request begins a new session, even if it brings the cookie ${name} of the one before.`
      : `The application answers a request with the cookie ${name} exactly as one without.`,
    why: `The cookie came back and was not taken: the secret is another one for each request or process, the store has lost the session, two middlewares read one name, or the page does not read the session that was written.${said}`,
    write: [
      ...SAME_SECRET,
      ...SHARED[library === 'keepsake' ? 'keepsake' : 'others'],
      'mount the session once, above the routes',
    ],
  })
}

const SAME_SECRET: readonly string[] = [
  'secret: process.env.SESSION_SECRET  // the same for all processes, and after a restart; Keepsake: secrets',
]

const SHARED: Readonly<Record<'keepsake' | 'others', readonly string[]>> = {
  keepsake: [
    'createSessions({ secrets: process.env.SESSION_SECRET, store: redisStore(client) })  // on all of them',
  ],
  others: [
    'session({ secret: process.env.SESSION_SECRET, store: new RedisStore({ client }) })  // on all of them',
  ],
}

const FAILURES: Readonly<Record<number, string>> = {
  400: 'The server, or a proxy, does not take so large a header.',
  431: 'The server, or a proxy, does not take so large a header.',
  403: 'It is refused, as by a guard against other sites.',
}

/** Known on the third request, and not by the one that the redirect led to: the store was slower than the browser. */
function savedLate({ recognitions, afterRedirect }: Case): readonly Finding[] {
  if (afterRedirect !== 'new' || !recognitions.every((one) => one === 'known')) return []
  return [
    fault('saved_late', {
      says: 'The redirect leaves before the session is saved, so the page after it does not know it yet.',
      why: 'A browser follows a redirect when its head arrives, and the store was slower.',
      write: ['req.session.save(() => res.redirect(…))  // Keepsake saves before the head leaves'],
    }),
  ]
}

function otherNode({ byNode, library, plan }: Case): readonly Finding[] {
  if (plan.node === undefined || byNode === undefined) return []
  const { host } = plan.node
  if (byNode === 'known')
    return [works('nodes_agree', { says: `${host} knows the session that began here.` })]
  if (byNode === 'unclear')
    return [
      unclear('node_unclear', { says: `Whether ${host} knows the session does not show on this page.` }),
    ]
  return [
    fault('nodes_differ', {
      says: `${host} does not know a session that began here.`,
      why: nodeReason(library),
      write: [...SAME_SECRET, ...SHARED[library === 'keepsake' ? 'keepsake' : 'others']],
    }),
  ]
}

/** Of a cookie that holds the session itself nothing else can differ. */
function nodeReason(library: Library): string {
  const isInCookie = library === 'cookie-session' || library === 'iron-session'
  return isInCookie
    ? 'The session is in its cookie, so the secrets of the two differ.'
    : 'Their secrets differ, or each has a store of its own.'
}

function untouched({ nowhere, session, library }: Case): readonly Finding[] {
  if (nowhere?.status !== 404 || !liveCookies(nowhere).some(({ name }) => name === session?.name)) return []
  if (library === 'keepsake') return []
  return [
    limit('saves_untouched', {
      says: 'Even a page that is not there begins a session, so each robot gets one.',
      why: 'saveUninitialized saves sessions that hold nothing; a client that keeps no cookies gets a new one at each request.',
      write: ['session({ saveUninitialized: false, resave: false })'],
    }),
  ]
}
