/**
 * The script of a private page, served at /live.js: when the session ends, it removes all private content and shows
 * a link to the login. Without scripts, the next click shows that the session has ended.
 */
export const liveScript = `'use strict'
{
  const ended = document.getElementById('ended')
  const light = document.getElementById('live')
  let source

  function listen() {
    source = new EventSource('/live')
    source.onopen = () => light?.setAttribute('data-state', 'on')
    source.onerror = () => light?.setAttribute('data-state', 'off')
    source.addEventListener('ended', end)
  }

  function end() {
    source.close()
    for (const element of document.querySelectorAll('[data-private]')) element.remove()
    document.title = 'Logged out · Marginalia'
    ended.hidden = false
    ended.focus()
  }

  addEventListener('session-ended', end)
  // A page in the back-forward cache must not keep a connection.
  addEventListener('pagehide', () => source.close())
  addEventListener('pageshow', ({ persisted }) => persisted && listen())
  listen()
}
`
