import { formatPrice } from '../books.ts'
import { type CartLine, type CartRow, count, MAX_QTY, rowsOf, total } from '../cart.ts'
import { cover } from '../covers.ts'
import { html, type Html } from '../html.ts'
import { layout, type Site } from './layout.ts'

export interface CartView {
  readonly site: Site
  readonly cart: readonly CartLine[]
}

/** `GET /cart`: the cart. Its forms post to `/cart/set` (sku, qty; 0 removes) and `/cart/empty`. */
export function cartPage({ site, cart }: CartView): string {
  const rows = rowsOf(cart)
  const body = html`<h1>Your cart</h1>
    ${rows.length === 0 ? empty : filled(rows, cart)}`
  return layout(site, { title: 'Cart', current: 'cart', body })
}

const empty = html`<div class="empty card">
  <svg viewBox="0 0 120 70" aria-hidden="true" focusable="false">
    <g fill="none" stroke="currentColor" stroke-width="2.5" stroke-linejoin="round" stroke-linecap="round">
      <path d="M60 20 Q40 6 12 12 V56 Q40 50 60 64 Q80 50 108 56 V12 Q80 6 60 20 Z M60 20 V64" />
      <path d="M24 24 q14 -2 24 4 M24 36 q14 -2 24 4 M96 24 q-14 -2 -24 4" />
    </g>
  </svg>
  <p><strong>Nothing in it yet.</strong></p>
  <p>An empty session costs nothing: no record and no cookie.</p>
  <p><a class="button" href="/">Look at the books</a></p>
</div>`

const filled = (rows: readonly CartRow[], cart: readonly CartLine[]): Html =>
  html`<div class="cart">
    <ul>
      ${rows.map(line)}
    </ul>
    <aside class="sum card" aria-label="Sum">
      <dl>
        <div>
          <dt>Books</dt>
          <dd>${count(cart)}</dd>
        </div>
        <div class="total">
          <dt>Total</dt>
          <dd>${formatPrice(total(cart))}</dd>
        </div>
      </dl>
      <p class="hint">There is no checkout: this shop only has a cart.</p>
      <form method="post" action="/cart/empty"><button class="quiet">Empty the cart</button></form>
    </aside>
  </div>`

const line = ({ book, qty, sum }: CartRow): Html =>
  html`<li class="line">
    ${cover(book)}
    <div class="what">
      <h2>${book.title}</h2>
      <p class="by">${book.author}</p>
      <p class="each">${formatPrice(book.price)} each</p>
    </div>
    <form class="stepper" method="post" action="/cart/set" aria-label="How many of ${book.title}">
      <input type="hidden" name="sku" value="${book.sku}" />
      <button name="qty" value="${qty - 1}" aria-label="One less" ${qty <= 1 && html`disabled`}>−</button>
      <span class="qty">${qty}</span>
      <button name="qty" value="${qty + 1}" aria-label="One more" ${qty >= MAX_QTY && html`disabled`}>
        +
      </button>
      <button class="link" name="qty" value="0">Remove<span class="unseen"> ${book.title}</span></button>
    </form>
    <p class="price">${formatPrice(sum)}</p>
  </li>`
