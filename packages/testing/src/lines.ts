/** The headers that set and clear a session cookie with default options. */
export const SET = ['Set-Cookie', '__Host-session=<token>; Path=/; Secure; HttpOnly; SameSite=Lax'] as const
export const CLEAR = [
  'Set-Cookie',
  '__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
] as const
export const VARY = ['Vary', 'Cookie'] as const
export const NO_STORE = ['Cache-Control', 'no-store'] as const
