/** Buttons, fields and their error messages. */
export const forms = `
button, .button {
  display: inline-flex; align-items: center; justify-content: center; min-height: 2.75rem; padding: 0 var(--s4);
  border: 1px solid transparent; border-radius: 6px; background: var(--accent); color: var(--on-accent);
  font: 600 1rem/1.2 var(--text); text-decoration: none; cursor: pointer; white-space: nowrap;
}
button:hover, .button:hover { background: var(--accent-deep); color: var(--on-accent); }
button.quiet, .button.quiet { background: transparent; color: var(--accent); border-color: var(--edge); font-weight: 400; }
button.quiet:hover, .button.quiet:hover { background: var(--wash); color: var(--accent-deep); }
.visitor button, .visitor .button { min-height: 2.25rem; padding: 0 var(--s3); font-size: 0.92rem; }
button.small { min-height: 2.25rem; padding: 0 var(--s3); font-size: 0.92rem; }
button:disabled { opacity: 0.4; cursor: not-allowed; }
button.link {
  min-height: 2rem; padding: 0 var(--s1); background: none; color: var(--soft); font-weight: 400; font-size: 0.92rem;
  text-decoration: underline; text-underline-offset: 0.2em;
}
button.link:hover { color: var(--bad); background: none; }
.fields { display: grid; gap: var(--s4); align-content: start; }
.field { display: grid; gap: var(--s1); }
label { font-weight: 600; }
input:not([type]), input[type='password'], input[type='number'] {
  width: 100%; min-height: 2.75rem; padding: var(--s2) var(--s3); font: 1rem/1.4 var(--text);
  color: var(--ink); background: var(--paper); border: 1px solid var(--edge); border-radius: 6px;
}
input:focus-visible { outline-offset: 1px; border-color: var(--accent); }
input[type='checkbox'] { width: 1.2rem; height: 1.2rem; margin: 0.25rem 0 0; accent-color: var(--accent); flex: none; }
.check { display: flex; gap: var(--s3); align-items: flex-start; }
.check small { display: block; color: var(--soft); font-weight: 400; line-height: 1.45; }
.error { background: var(--bad-wash); color: var(--bad); border-radius: 6px; padding: var(--s2) var(--s3); }
.demo { margin-top: var(--s4); color: var(--soft); text-align: center; }
.demo code { color: var(--ink); background: var(--wash); padding: 0.15em 0.45em; border-radius: 4px; }
`
