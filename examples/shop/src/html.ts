const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')

/**
 * Markup that is safe to put on a page. Only `html` makes one: the text is a private field, so an object that came
 * out of a cookie, a form or JSON cannot pass for it.
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

/** What may stand in a template: markup passes, text is escaped, nothing and `false` leave no trace. */
export type HtmlValue = Html | string | number | false | null | undefined | readonly HtmlValue[]

function render(value: HtmlValue): string {
  if (value === undefined || value === null || value === false) return ''
  if (value instanceof Html) return value.toString()
  if (Array.isArray(value)) return value.map((item: HtmlValue) => render(item)).join('')
  return escape(String(value))
}

/**
 * A template whose values are escaped unless they are markup themselves. Attribute values must stand in quotes:
 * escaping cannot protect a bare one.
 */
export const html = (strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html =>
  new Html(strings, values)
