const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')

/**
 * Markup that is safe to put on a page. Only `html` creates it: the text is a private field, so an object from a
 * cookie, a form or JSON cannot pass for it.
 */
export class Html {
  readonly #markup: string

  constructor(strings: readonly string[], values: readonly HtmlValue[]) {
    this.#markup = strings.map((text, index) => text + render(values[index])).join('')
  }

  toString(): string {
    return this.#markup
  }
}

/** Values for a template: markup is inserted unchanged, text is escaped, undefined, null and `false` are omitted. */
export type HtmlValue = Html | string | number | false | null | undefined | readonly HtmlValue[]

function render(value: HtmlValue): string {
  if (value === undefined || value === null || value === false) return ''
  if (value instanceof Html) return value.toString()
  if (Array.isArray(value)) return value.map((item: HtmlValue) => render(item)).join('')
  return escape(String(value))
}

/**
 * A template whose values are escaped unless they are markup. Attribute values must be quoted:
 * escaping cannot protect an unquoted one.
 */
export const html = (strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html =>
  new Html(strings, values)
