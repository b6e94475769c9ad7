import type { Answer } from '@keepsake/testing'

/** What a handler returned about the request, besides its count. */
export const seenOf = ({ text }: Answer): unknown => (JSON.parse(text) as { readonly seen: unknown }).seen
export const header = (name: string) => (answer: Answer) => answer.values(name)[0]

export const FORM = {
  method: 'POST',
  headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  body: 'name=Ada',
}
export const UPLOAD = {
  method: 'POST',
  headers: { 'Content-Type': 'multipart/form-data; boundary=b' },
  body: [
    '--b',
    'Content-Disposition: form-data; name="photo"; filename="ada.txt"',
    '',
    'a portrait',
    '--b--',
    '',
  ].join('\r\n'),
}
