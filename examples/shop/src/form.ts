/** The text of a form field; empty if it is missing or repeated, or if the body is not a form. */
export function field(form: unknown, name: string): string {
  if (typeof form !== 'object' || form === null || !Object.hasOwn(form, name)) return ''
  const value = (form as Readonly<Record<string, unknown>>)[name]
  return typeof value === 'string' ? value : ''
}

/** A field as a whole number from 0; `NaN` for any other text, so that a missing quantity does not count as 0. */
export function numberField(form: unknown, name: string): number {
  const text = field(form, name)
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
}
