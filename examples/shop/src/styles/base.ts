/** Colors, type and spacing, on which all other styles build. */
export const base = `
:root {
  color-scheme: light dark;
  --paper: #f7f1e5; --sheet: #fffaf0; --ink: #2b211a; --soft: #65574a; --rule: #ddcfb8; --edge: #8f7f6c;
  --accent: #8c2f2b; --accent-deep: #6f2320; --on-accent: #fff8ec; --wash: #f1e3cf; --well: #f3e9d8;
  --good: #2f5a3c; --bad: #9c1f1f; --bad-wash: #fbe6de;
  --shade: 60 40 20;
  --version: #8c2f2b; --key: #b5761a; --nonce: #39738f; --sealed: #3f6b4a; --tag: #74508c;
  --serif: 'Iowan Old Style', 'Palatino Linotype', Palatino, 'URW Palladio L', 'Book Antiqua', Georgia, 'DejaVu Serif', serif;
  --text: Charter, 'Bitstream Charter', 'Sitka Text', Cambria, Georgia, 'DejaVu Serif', serif;
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace;
  --s1: 0.25rem; --s2: 0.5rem; --s3: 0.75rem; --s4: 1rem; --s5: 1.5rem; --s6: 2.25rem; --s7: 3.5rem;
  --page: 73rem;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #1b1714; --sheet: #252019; --ink: #efe5d5; --soft: #b9a994; --rule: #40372c; --edge: #82735f;
    --accent: #eb9f83; --accent-deep: #f6b89f; --on-accent: #2a120b; --wash: #332a20; --well: #17130f;
    --good: #a3cfa4; --bad: #ffb3a1; --bad-wash: #3d211b;
    --shade: 0 0 0;
    --version: #e58b76; --key: #dba64c; --nonce: #79b2cc; --sealed: #84b48c; --tag: #b598cf;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; display: flex; flex-direction: column;
  background: var(--paper); color: var(--ink); font: 1.0625rem/1.6 var(--text);
}
h1, h2, h3, p, dl, dd, ul, ol, pre, table { margin: 0; }
ul, ol { padding: 0; list-style: none; }
h1, h2, h3 { font-family: var(--serif); font-weight: 600; line-height: 1.2; text-wrap: balance; }
h1 { font-size: clamp(1.9rem, 1.4rem + 2.2vw, 2.9rem); letter-spacing: -0.015em; }
h2 { font-size: 1.2rem; }
p { text-wrap: pretty; }
a { color: var(--accent); text-underline-offset: 0.2em; text-decoration-thickness: 1px; }
a:hover { color: var(--accent-deep); text-decoration-thickness: 2px; }
code, pre { font-family: var(--mono); font-size: 0.86em; }
small { font-size: 0.82em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: 3px; }
main:focus { outline: none; }
main { flex: 1; width: 100%; max-width: var(--page); margin: 0 auto; padding: var(--s6) var(--s5) var(--s7); }
.unseen {
  position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.eyebrow { color: var(--accent); font-style: italic; margin-bottom: var(--s1); }
.lede { color: var(--soft); font-size: 1.12rem; max-width: 38rem; margin-top: var(--s3); }
.hint { color: var(--soft); font-size: 0.9rem; line-height: 1.5; }
.card {
  background: var(--sheet); border: 1px solid var(--rule); border-radius: 10px; padding: var(--s5);
  box-shadow: 0 1px 2px rgb(var(--shade) / 0.05), 0 8px 24px -12px rgb(var(--shade) / 0.18);
}
.narrow { max-width: 32rem; margin: 0 auto; }
@media (max-width: 40rem) { main { padding: var(--s5) var(--s4) var(--s6); } }
@media print { body { background: none; } .masthead nav, .visitor, form { display: none; } }
`
