import type { Device } from '@keepsake/core'
import { html, type Html } from '../html.ts'
import { when } from '../when.ts'
import { layout, type Site } from './layout.ts'

export interface DevicesView {
  readonly site: Site
  /** Undefined if sessions are in their cookies, because then there is no list. */
  readonly devices: readonly Device[] | undefined
  /** What the current session knows about this device. */
  readonly here: { readonly label?: string | undefined; readonly createdAt?: Date | undefined }
}

/** `GET /devices`: a user's devices. Its forms post to `/devices/revoke` (handle) and `/devices/revoke-others`. */
export function devicesPage({ site, devices, here }: DevicesView): string {
  const others = devices?.filter(({ isCurrent }) => !isCurrent) ?? []
  const isAlone = devices !== undefined && others.length === 0
  const body = html`<div class="narrow">
    <p class="eyebrow"><a href="/account">Your account</a></p>
    <h1>Your devices</h1>
    <p class="lede">
      ${devices === undefined ? NO_LIST : 'Every browser in which you are logged in: this one first, then the most recently used.'}
    </p>
    <ul class="devices">
      ${devices === undefined ? thisOne(here) : [...devices.filter(({ isCurrent }) => isCurrent), ...others].map(item)}
    </ul>
    <div class="actions">
      ${!isAlone && html`<form method="post" action="/devices/revoke-others"><button>Log out everywhere else</button></form>`}
      <form method="post" action="/logout/everywhere">
        <button class="quiet">Log out everywhere</button>
      </form>
    </div>
    <p class="hint">
      ${hintFor(devices, isAlone)}
      <span id="live" class="live">If this device is logged out, this page shows it immediately.</span>
    </p>
  </div>`
  return layout(site, { title: 'Your devices', current: 'account', kind: 'live', body })
}

const NO_LIST =
  'Here each session is in its own browser’s cookie, and there is no list of sessions: the server only keeps a list of revoked ones. So this page cannot show your other devices, but it can log all of them out.'

function hintFor(devices: DevicesView['devices'], isAlone: boolean): string {
  if (isAlone) return 'You are not logged in anywhere else.'
  return devices === undefined
    ? 'If someone else may be logged in, change the password: that also logs out all other devices.'
    : 'Is one of them not yours? Log it out, and change the password.'
}

const nameOf = (label: string | undefined): string => label ?? 'An unknown device'

const HERE = html`<span class="tag">this device</span>`

function item({ label, createdAt, lastSeenAt, permanent, handle, isCurrent }: Device): Html {
  return html`<li class="card device">
    <h2>${nameOf(label)} ${isCurrent && HERE}</h2>
    <dl>
      ${time('Logged in', when(createdAt))} ${time('Last seen', isCurrent ? 'now' : when(lastSeenAt))}
      ${permanent && time('Remembered', 'after the browser closes, too')}
    </dl>
    <form method="post" action="${isCurrent ? '/logout' : '/devices/revoke'}">
      ${!isCurrent && html`<input type="hidden" name="handle" value="${handle}" />`}
      <button class="quiet small">Log out this device<span class="unseen"> (${nameOf(label)})</span></button>
    </form>
  </li>`
}

const thisOne = ({ label, createdAt }: DevicesView['here']): Html =>
  html`<li class="card device">
    <h2>${nameOf(label)} ${HERE}</h2>
    <dl>${time('Logged in', when(createdAt))}</dl>
    <form method="post" action="/logout">
      <button class="quiet small">Log out this device<span class="unseen"> (${nameOf(label)})</span></button>
    </form>
  </li>`

const time = (name: string, value: Html | string): Html =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`
