import { html, type Html } from './html.ts'

const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' })

/** A point in time as people write it, in UTC. No date, or one that is none, reads as a dash. */
export function when(date: Date | undefined): Html {
  if (date === undefined || Number.isNaN(date.getTime())) return html`–`
  return html`<time datetime="${date.toISOString()}">${format.format(date)} UTC</time>`
}
