import { DEMO } from 'example-shop'
import { expect } from 'vitest'
import { type App, LOGIN_APPS, type Place } from '../../apps.ts'
import type { HttpVisitor, Page } from '../../http-visitor.ts'
import type { Server } from '../../server.ts'

/** What the scenarios over HTTP need to know about their setting. */
export interface HttpScene {
  readonly place: Place
  readonly app: App
  /** The secret of the app's sessions. */
  readonly secret: () => string
  readonly server: () => Server
  /** A new visitor without cookies. */
  readonly visitor: (userAgent?: string) => HttpVisitor
}

/** The line that sets a session's cookie for as long as the browser is open. */
export const SESSION_COOKIE = /^__Host-session=[^;]+; Path=\/; Secure; HttpOnly; SameSite=Lax$/i

/** A page with this status, which is private, and which loads nothing from elsewhere. */
export function expectPage(page: Page, status = 200): void {
  const { headers } = page
  expect(page.status).toBe(status)
  expect(headers.get('Cache-Control')).toBe('no-store')
  expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
  expect(headers.get('Referrer-Policy')).toBe('same-origin')
  expect(headers.get('Content-Type')).toMatch(/^text\/html; charset=utf-8$/i)
  expect(headers.get('Content-Security-Policy')).toMatch(/^default-src 'none'; style-src 'self';/)
}

export const expectRedirect = ({ status, location }: Page, path: string): void =>
  expect([status, location]).toEqual([303, path])

/** The next page says this, and the one after it does not. */
export async function expectOnce(visitor: HttpVisitor, path: string, said: string): Promise<void> {
  expect((await visitor.get(path)).text).toContain(said)
  expect((await visitor.get(path)).text).not.toContain(said)
}

/** Each page, style and script of this app that a page names is there. */
export async function expectLinks(visitor: HttpVisitor, { text }: Page): Promise<void> {
  const paths = [...text.matchAll(/ (?:href|src)="(\/[^"]*)"/g)].map(([, path = '']) => path)
  expect(paths).toContain('/style.css')
  for (const path of new Set(paths)) expect((await visitor.get(path)).status, path).toBe(200)
}

/** A script or style, which the browser keeps, and asks for changes of. */
export async function expectAsset(visitor: HttpVisitor, path: string, type: string): Promise<string> {
  const { status, headers, text } = await visitor.get(path)
  expect([status, headers.get('Content-Type')?.toLowerCase()]).toEqual([200, `${type}; charset=utf-8`])
  expect(headers.get('Cache-Control')).toBe('no-cache')
  return text
}

/** A user of an app. Each app has its own, because all apps on one store share users. */
export interface User {
  readonly username: string
  /** Sends the form of the login page; `fields` replace the right ones. */
  login(visitor: HttpVisitor, fields?: Readonly<Record<string, string>>): Promise<Page>
}

export function userOf(app: App): User {
  const username = DEMO.others[LOGIN_APPS.findIndex(({ name }) => name === app.name)] ?? DEMO.username
  return {
    username,
    login: (visitor, fields) => visitor.post('/login', { username, password: DEMO.password, ...fields }),
  }
}

/** Whether a visitor is logged in. */
export const isAtHome = async (visitor: HttpVisitor): Promise<boolean> =>
  (await visitor.get('/account')).status === 200
