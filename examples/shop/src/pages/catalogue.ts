import { type Book, books, formatPrice } from '../books.ts'
import { cover } from '../covers.ts'
import { html, type Html } from '../html.ts'
import { layout, type Site } from './layout.ts'

export interface CatalogueView {
  readonly site: Site
  /** The number of visits to the page in this session, including this one. */
  readonly visits?: number | undefined
}

/** `GET /`: the catalogue. Every book has a form that posts its sku to `/cart/add`. */
export function cataloguePage({ site, visits = 1 }: CatalogueView): string {
  const body = html`<div class="intro">
      <p class="eyebrow">A small shop for old books</p>
      <h1>Stories that were kept</h1>
      <p class="lede">
        ${books.length} classics, chosen by hand. Put some in your cart: the session remembers them.
        ${visits > 1 && html`<span class="visits">This is visit number ${visits}.</span>`}
      </p>
    </div>
    <ul class="shelf">
      ${books.map(item)}
    </ul>`
  return layout(site, { title: 'Books', current: 'books', body })
}

const item = (book: Book): Html =>
  html`<li class="book">
    ${cover(book)}
    <h2>${book.title}</h2>
    <p class="by">${book.author}, ${book.year}</p>
    <p class="blurb">${book.blurb}</p>
    <form class="buy" method="post" action="/cart/add">
      <input type="hidden" name="sku" value="${book.sku}" />
      <span class="price">${formatPrice(book.price)}</span>
      <button>Add to cart<span class="unseen"> ${book.title}</span></button>
    </form>
  </li>`
