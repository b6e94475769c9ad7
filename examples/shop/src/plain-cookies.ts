import {
  ConfigError,
  CookieTooLargeError,
  CookieValueError,
  createCookie,
  type Duration,
} from '@keepsake/core'
import { field } from './form.ts'
import type { RejectedCookie } from './pages/cookies.ts'

/** The result of a form on the cookies page: a line for `Set-Cookie`, or the error to show on the page. */
type CookieAnswer =
  | { readonly line: string; readonly rejected?: undefined }
  | { readonly line?: undefined; readonly rejected: RejectedCookie }

/** Handles one of the page's forms; `sessionName` is the one cookie that it must not change. */
export type CookieForm = (form: unknown, sessionName: string) => CookieAnswer

/** Handles `POST /cookies/set` (name, value, maxAge; without maxAge until the browser closes). */
export const setCookie: CookieForm = (form, sessionName) =>
  answer(form, sessionName, (name) =>
    createCookie(name, { maxAge: durationOf(field(form, 'maxAge')) }).write(field(form, 'value')),
  )

/** Handles `POST /cookies/delete` (name). */
export const deleteCookie: CookieForm = (form, sessionName) =>
  answer(form, sessionName, (name) => createCookie(name).clear())

// An invalid duration is passed on: the library's error explains the valid ones.
function durationOf(text: string): Duration | undefined {
  if (text === '') return undefined
  return /^\d{1,15}$/.test(text) ? Number(text) : (text as Duration)
}

function answer(form: unknown, sessionName: string, lineOf: (name: string) => string): CookieAnswer {
  const [name, value, maxAge] = [field(form, 'name'), field(form, 'value'), field(form, 'maxAge')]
  const reject = (error: string): CookieAnswer => ({ rejected: { name, value, maxAge, error } })
  if (name === sessionName) return reject('That name belongs to the session, which manages its own cookie.')
  try {
    return { line: lineOf(name) }
  } catch (error) {
    if (isRefusal(error)) return reject(`The library says: ${error.message}`)
    throw error
  }
}

const isRefusal = (error: unknown): error is Error =>
  error instanceof ConfigError || error instanceof CookieValueError || error instanceof CookieTooLargeError
