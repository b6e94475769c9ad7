import { html, type Html } from '../html.ts'
import { LETTER } from '../session.ts'

/** The experiments that the shop offers a visitor. */
export interface Stories {
  /** The process that serves the request, if there are several. */
  readonly process?: number | undefined
  /** Whether the letter is in the session; undefined if the session cannot move between the cookie and a store. */
  readonly letter?: 'there' | 'away' | undefined
  readonly subject?: string | undefined
}

/** Experiments with sessions, below the four steps; nothing if there are none. */
export function stories({ process, letter, subject }: Stories): Html | false {
  const all = [
    process !== undefined &&
      story(
        'One session, several processes',
        html`<p>
            Process ${process} served this page. Reload the cart: another process serves it, with the same
            session.
          </p>
          <p><a href="/cart">Reload the cart</a></p>`,
      ),
    letter !== undefined && story('Too large for a cookie', letterForm(letter)),
    subject !== undefined &&
      story(
        'A copied cookie',
        html`<p>
            Suppose someone copied your cookie. Log out, and the server checks whether the copy still works.
          </p>
          <form method="post" action="/logout">
            <button class="quiet small" name="copy" value="try">Log out, and try the copy</button>
          </form>`,
      ),
  ].filter((one) => one !== false)
  return (
    all.length > 0 &&
    html`<div class="stories">
      <h2>Try it</h2>
      <ul>
        ${all}
      </ul>
    </div>`
  )
}

const story = (title: string, body: Html): Html =>
  html`<li>
    <h3>${title}</h3>
    ${body}
  </li>`

const letterForm = (letter: 'there' | 'away'): Html =>
  html`<p>
      ${
        letter === 'away'
          ? 'The session is in its cookie. With a long letter it moves into the store, and the cookie becomes random bytes.'
          : 'The session is in the store. Without the letter it fits into its cookie again, and moves back.'
      }
    </p>
    <form method="post" action="/cart/add">
      <button class="quiet small" name="sku" value="${LETTER}">
        ${letter === 'away' ? 'Add a long letter' : 'Remove the letter'}
      </button>
    </form>`
