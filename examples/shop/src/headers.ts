const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/**
 * The headers of every page. They allow no script, and styles only from /style.css, so that even a title or cookie
 * that escaped the HTML escaping could do nothing. Every page shows something of its visitor,
 * so none may be stored: after a logout, the back button requests the page again.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': POLICY,
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
}

/** The headers of a page that is notified when its session ends: they allow its one script, /live.js, and its connections. */
export const livePageHeaders: Readonly<Record<string, string>> = {
  ...pageHeaders,
  'Content-Security-Policy': `${POLICY}; script-src 'self'; connect-src 'self'`,
}
