/**
 * What a private page runs, served at /live.js: when the session ends, everything private leaves the page, and what is
 * left leads to the login. Without scripts the next click finds out.
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
  // A page that is put aside for the back button must not keep a connection.
  addEventListener('pagehide', () => source.close())
  addEventListener('pageshow', ({ persisted }) => persisted && listen())
  listen()
}
`
