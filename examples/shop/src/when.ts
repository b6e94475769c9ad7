import { html, type Html } from './html.ts'

const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' })

/** A date for people, in UTC. An undefined or invalid date is shown as a dash. */
export function when(date: Date | undefined): Html {
  if (date === undefined || Number.isNaN(date.getTime())) return html`–`
  return html`<time datetime="${date.toISOString()}">${format.format(date)} UTC</time>`
}
