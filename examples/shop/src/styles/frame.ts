/** The frame of every page: masthead, notices, colophon. */
export const frame = `
.skip { position: absolute; left: var(--s4); top: -4rem; z-index: 1; background: var(--sheet); padding: var(--s2) var(--s4); }
.skip:focus { top: var(--s2); }
.masthead {
  display: flex; flex-wrap: wrap; align-items: center; gap: var(--s3) var(--s5);
  padding: var(--s4) max(var(--s5), calc((100% - var(--page)) / 2 + var(--s5))); border-bottom: 1px solid var(--rule);
}
.brand {
  display: flex; align-items: center; gap: var(--s2); color: var(--ink); text-decoration: none;
  font: italic 600 1.6rem/1 var(--serif); letter-spacing: -0.01em;
}
.brand:hover { color: var(--accent); }
.mark { width: 1.05rem; height: 1.35rem; color: var(--accent); flex: none; }
.masthead nav { display: flex; gap: var(--s1); }
.masthead nav a {
  display: flex; align-items: center; gap: 0.4em; min-height: 2.5rem; padding: 0 var(--s3); border-radius: 6px;
  color: var(--ink); text-decoration: none;
}
.masthead nav a:hover { background: var(--wash); }
.masthead nav a[aria-current] { color: var(--accent); box-shadow: inset 0 -2px 0 var(--accent); border-radius: 6px 6px 0 0; }
.badge {
  min-width: 1.5rem; padding: 0 0.4em; border-radius: 1rem; background: var(--accent); color: var(--on-accent);
  font: 600 0.8rem/1.5rem var(--text); text-align: center; font-variant-numeric: tabular-nums;
}
.badge[data-empty] { background: var(--wash); color: var(--soft); }
.masthead nav + * { margin-left: auto; }
.visitor { display: flex; align-items: center; gap: var(--s3); }
.who { font-style: italic; max-width: 12rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.served {
  color: var(--soft); font-size: 0.82rem; white-space: nowrap; padding: 0.2rem 0.65rem;
  border: 1px dashed var(--edge); border-radius: 1rem;
}
.served b { color: var(--ink); }
.notices { margin-bottom: var(--s5); display: grid; gap: var(--s2); }
.notices p {
  background: var(--sheet); border: 1px solid var(--rule); border-left: 4px solid var(--good); border-radius: 6px;
  padding: var(--s2) var(--s4);
}
.notices .problem { border-left-color: var(--bad); }
.masthead nav > span { display: contents; }
.colophon { border-top: 1px solid var(--rule); color: var(--soft); font-size: 0.9rem; }
.colophon p { max-width: var(--page); margin: 0 auto; padding: var(--s5); }
@media (max-width: 56rem) {
  .masthead {
    display: grid; grid-template: 'brand visitor' auto 'served visitor' auto 'nav nav' auto / auto minmax(0, 1fr);
    gap: 0 var(--s3); padding-bottom: 0;
  }
  .brand { grid-area: brand; font-size: 1.5rem; }
  .masthead nav {
    grid-area: nav; flex-wrap: wrap; justify-content: space-between; max-width: 24rem; margin: var(--s2) calc(-1 * var(--s2)) 0;
  }
  .masthead nav a { padding: 0 var(--s2); }
  .visitor { grid-area: visitor; min-width: 0; max-width: 100%; }
  .masthead .served { grid-area: served; margin: 0; padding: var(--s1) 0 0; border: 0; }
}
@media (max-width: 40rem) {
  .masthead { padding: var(--s3) var(--s4) 0; }
  .visitor { gap: var(--s2); }
  .who { max-width: 6rem; min-width: 0; }
  .colophon p { padding: var(--s4); }
  .visitor form { flex: none; }
}
@media (max-width: 22rem) { .brand { font-size: 1.25rem; } }
`
