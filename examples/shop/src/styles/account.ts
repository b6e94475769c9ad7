/** The private pages: account, devices, password, and what they show after their session has ended. */
export const account = `
.links li { display: grid; padding: var(--s3) 0; }
.links li:first-child { padding-top: 0; }
.links li:last-child { padding-bottom: 0; }
.links li + li { border-top: 1px solid var(--rule); }
.narrow .links .hint { margin-top: 0; }
.links a { font-weight: 600; }
.actions { display: flex; flex-wrap: wrap; gap: var(--s3); }
.devices { display: grid; gap: var(--s4); margin: var(--s5) 0; }
.narrow .device { margin: 0; display: grid; gap: var(--s3); justify-items: start; }
.device h2 { width: 100%; display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 var(--s3); align-items: baseline; }
.device .tag { font-weight: 400; font-family: var(--text); }
.device dl { font-size: 0.95rem; line-height: 1.5; display: grid; gap: var(--s1); min-width: 0; }
.device dl div { display: flex; flex-wrap: wrap; gap: 0 var(--s3); }
.device dt { color: var(--soft); min-width: 5.75rem; }
@media (max-width: 40rem) { .device dl div { display: block; } }
.live { display: block; margin-top: var(--s2); }
.live::before {
  content: ''; display: inline-block; width: 0.55rem; height: 0.55rem; margin-right: 0.5em; border-radius: 50%;
  border: 1px solid var(--edge);
}
.live[data-state='on']::before { background: var(--good); border-color: var(--good); }
.ended { text-align: center; padding-block: var(--s6); }
.ended:focus { outline: none; }
.ended h2 { font-size: clamp(1.9rem, 1.4rem + 2.2vw, 2.9rem); letter-spacing: -0.015em; }
.ended .lede { margin: var(--s3) auto var(--s5); }
[hidden] { display: none !important; }
`
