import {
  ConfigError,
  CookieTooLargeError,
  CookieValueError,
  createCookie,
  type Duration,
} from '@keepsake/core'
import { field } from './form.ts'
import type { RejectedCookie } from './pages/cookies.ts'

/** What comes of a form of the cookies page: a line for `Set-Cookie`, or what was wrong, to be shown on the page. */
type CookieAnswer =
  | { readonly line: string; readonly rejected?: undefined }
  | { readonly line?: undefined; readonly rejected: RejectedCookie }

/** Decides on one of the page's forms; `sessionName` is the one cookie that they must not touch. */
export type CookieForm = (form: unknown, sessionName: string) => CookieAnswer

/** Answers `POST /cookies/set` (name, value, maxAge; without maxAge until the browser closes). */
export const setCookie: CookieForm = (form, sessionName) =>
  answer(form, sessionName, (name) =>
    createCookie(name, { maxAge: durationOf(field(form, 'maxAge')) }).write(field(form, 'value')),
  )

/** Answers `POST /cookies/delete` (name). */
export const deleteCookie: CookieForm = (form, sessionName) =>
  answer(form, sessionName, (name) => createCookie(name).clear())

// A field that is no duration goes through as it is: the library says best what it would take.
function durationOf(text: string): Duration | undefined {
  if (text === '') return undefined
  return /^\d{1,15}$/.test(text) ? Number(text) : (text as Duration)
}

function answer(form: unknown, sessionName: string, lineOf: (name: string) => string): CookieAnswer {
  const [name, value, maxAge] = [field(form, 'name'), field(form, 'value'), field(form, 'maxAge')]
  const reject = (error: string): CookieAnswer => ({ rejected: { name, value, maxAge, error } })
  if (name === sessionName)
    return reject('That name belongs to the session, which looks after its own cookie.')
  try {
    return { line: lineOf(name) }
  } catch (error) {
    if (isRefusal(error)) return reject(`The library says: ${error.message}`)
    throw error
  }
}

const isRefusal = (error: unknown): error is Error =>
  error instanceof ConfigError || error instanceof CookieValueError || error instanceof CookieTooLargeError
