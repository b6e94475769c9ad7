import { html, type Html } from '../html.ts'
import { LETTER } from '../session.ts'

/** What of the shop a visitor can try out. */
export interface Stories {
  /** The process that answers, where there are several. */
  readonly process?: number | undefined
  /** Whether the letter is there; undefined where the session cannot move between the cookie and a store. */
  readonly letter?: 'there' | 'away' | undefined
  readonly subject?: string | undefined
}

/** What a visitor can do to see sessions at work, below the four steps; nothing where there is nothing to try. */
export function stories({ process, letter, subject }: Stories): Html | false {
  const all = [
    process !== undefined &&
      story(
        'One session, several processes',
        html`<p>Process ${process} has answered. Ask again: another one answers, and has the same session.</p>
          <p><a href="/cart">Ask for the cart again</a></p>`,
      ),
    letter !== undefined && story('Too large for a cookie', letterForm(letter)),
    subject !== undefined &&
      story(
        'A copied cookie',
        html`<p>Somebody has copied your cookie. Log out, and the server tries what the copy still opens.</p>
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
          ? 'The session travels in its cookie. With a long letter it moves into the store, and random bytes travel.'
          : 'The session lies in the store. Without the letter it fits into its cookie, and moves back.'
      }
    </p>
    <form method="post" action="/cart/add">
      <button class="quiet small" name="sku" value="${LETTER}">
        ${letter === 'away' ? 'Add a long letter' : 'Take the letter away'}
      </button>
    </form>`
