import type { WatchOptions } from './index.ts'

/** The texts of the dialog, and the action of its second button. */
export interface DialogOptions {
  /** Default `'Are you still there?'`. */
  readonly title?: string | undefined
  /** Default: "You will be logged out in 2 minutes." */
  readonly text?: ((secondsLeft: number) => string) | undefined
  /** Default `'Stay logged in'`. */
  readonly stay?: string | undefined
  /** A second button, which logs out. Default: none. */
  readonly logOut?: { readonly label: string; readonly act: () => void } | undefined
}

/**
 * A modal dialog for `watchSession`, with the browser's default style and the class `session-dialog`. Escape keeps the user
 * logged in, like the first button. Screen readers announce it once, not every second.
 *
 * ```ts
 * watchSession({ ...sessionDialog(), onEnded: () => location.assign('/login') })
 * ```
 */
export function sessionDialog(
  options: DialogOptions = {},
): Required<Pick<WatchOptions, 'onWarning' | 'onWarningOver'>> {
  const {
    title = 'Are you still there?',
    text = defaultText,
    stay: label = 'Stay logged in',
    logOut,
  } = options
  const dialog = document.createElement('dialog')
  const [heading, words, buttons] = ['h2', 'p', 'p'].map((name) =>
    dialog.appendChild(document.createElement(name)),
  ) as [HTMLElement, HTMLElement, HTMLElement]
  dialog.className = 'session-dialog'
  dialog.setAttribute('role', 'alertdialog')
  heading.id = 'session-dialog-title'
  words.id = 'session-dialog-text'
  dialog.setAttribute('aria-labelledby', heading.id)
  dialog.setAttribute('aria-describedby', words.id)
  heading.textContent = title
  let stay: (() => unknown) | undefined
  const add = (label: string, act: () => unknown): void => {
    const button = buttons.appendChild(document.createElement('button'))
    button.type = 'button'
    button.textContent = label
    button.onclick = () => void act()
  }
  add(label, () => stay?.())
  if (logOut !== undefined) add(logOut.label, logOut.act)
  // The dialog stays open until the session has been extended.
  dialog.oncancel = (event) => {
    event.preventDefault()
    stay?.()
  }
  return {
    onWarning(secondsLeft, extend) {
      stay = extend
      words.textContent = text(secondsLeft)
      if (dialog.open) return
      document.body.append(dialog)
      dialog.showModal()
    },
    onWarningOver() {
      dialog.close()
      dialog.remove()
    },
  }
}

function defaultText(secondsLeft: number): string {
  const [count, unit] = secondsLeft > 60 ? [Math.ceil(secondsLeft / 60), 'minute'] : [secondsLeft, 'second']
  return `You will be logged out in ${count} ${unit}${count === 1 ? '' : 's'}.`
}
