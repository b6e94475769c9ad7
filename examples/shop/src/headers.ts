const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/**
 * The headers of every page. No script runs at all, and styles come from /style.css alone, so a hostile title or cookie
 * that slipped through the escaping would still find nothing to work with. Every page shows something of its visitor,
 * so none is stored: after a logout the back button asks the server again.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': POLICY,
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
}

/** The headers of a page that hears of the end of its session: its one script, /live.js, and where that may ask. */
export const livePageHeaders: Readonly<Record<string, string>> = {
  ...pageHeaders,
  'Content-Security-Policy': `${POLICY}; script-src 'self'; connect-src 'self'`,
}
