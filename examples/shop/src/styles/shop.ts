/** The pages themselves: catalogue, cart, login, account, cookies, errors. */
export const shop = `
.intro { margin-bottom: var(--s6); }
.visits { white-space: nowrap; }
.cover {
  display: block; width: 100%; aspect-ratio: 2 / 3; border-radius: 3px 6px 6px 3px;
  box-shadow: 0 1px 1px rgb(var(--shade) / 0.25), 0 14px 24px -14px rgb(var(--shade) / 0.6);
}
.shelf { display: grid; grid-template-columns: repeat(4, 1fr); gap: var(--s7) var(--s6); }
.book { display: flex; flex-direction: column; }
.book .cover { margin-bottom: var(--s4); transition: transform 0.2s ease; transform-origin: bottom; }
.book:hover .cover { transform: translateY(-4px); }
.by { color: var(--soft); font-size: 0.92rem; line-height: 1.4; margin-top: var(--s1); }
.blurb { font-size: 0.95rem; line-height: 1.5; margin: var(--s2) 0 var(--s3); }
.buy { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: var(--s2); margin-top: auto; }
.buy button { min-height: 2.5rem; padding: 0 var(--s3); font-size: 0.92rem; }
.price { font: 600 1.1rem/1.2 var(--serif); font-variant-numeric: tabular-nums; }

.cart { display: grid; grid-template-columns: 1fr 19rem; gap: var(--s6); align-items: start; margin-top: var(--s5); }
.line {
  display: grid; grid-template-columns: 4.5rem 1fr auto minmax(5.5rem, auto); gap: var(--s4); align-items: center;
  padding: var(--s4) 0; border-top: 1px solid var(--rule);
}
.line:last-child { border-bottom: 1px solid var(--rule); }
.each { color: var(--soft); font-size: 0.92rem; }
.line .price { text-align: right; }
.stepper { display: grid; grid-template-columns: 2.75rem 2.5rem 2.75rem; align-items: center; justify-items: center; }
.stepper button:not(.link) {
  width: 2.75rem; padding: 0; background: var(--sheet); color: var(--ink); border-color: var(--edge); font-size: 1.2rem;
}
.stepper button:not(.link):hover:enabled { background: var(--wash); }
.stepper .link { grid-column: 1 / -1; }
.qty { font-variant-numeric: tabular-nums; font-weight: 600; }
.sum { display: grid; gap: var(--s4); }
.sum dl { display: grid; gap: var(--s2); }
.sum dl div { display: flex; justify-content: space-between; align-items: baseline; }
.sum dd { font-variant-numeric: tabular-nums; }
.total { border-top: 1px solid var(--rule); padding-top: var(--s2); font: 600 1.35rem/1.3 var(--serif); }
.sum button { width: 100%; }
.empty { display: grid; justify-items: center; gap: var(--s3); text-align: center; padding: var(--s7) var(--s5); margin-top: var(--s5); }
.empty svg { width: 7.5rem; color: var(--edge); }

.narrow .card { margin: var(--s5) 0; }
.facts div { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 var(--s4); padding: var(--s3) 0; }
.facts div + div { border-top: 1px solid var(--rule); }
.facts dt { color: var(--soft); }
.narrow .hint { margin-top: var(--s4); }

.cookies { display: grid; grid-template-columns: 1fr 21rem; gap: var(--s5); align-items: start; margin-top: var(--s5); }
.cookies > * { min-width: 0; }
table { width: 100%; border-collapse: collapse; }
caption { text-align: left; font: 600 1.2rem/1.2 var(--serif); padding-bottom: var(--s3); }
th, td { text-align: left; vertical-align: middle; padding: var(--s3) var(--s3) var(--s3) 0; font-weight: 400; }
thead th { color: var(--soft); font-size: 0.9rem; padding-block: var(--s1); }
tbody tr { border-top: 1px solid var(--rule); }
td code { display: block; max-height: 6.5rem; overflow: auto; overflow-wrap: anywhere; }
tbody th { min-width: 10.5rem; max-width: 14rem; overflow-wrap: break-word; }
td:last-child { text-align: right; padding-right: 0; white-space: nowrap; }
.tag { color: var(--good); font-size: 0.9rem; font-style: italic; }
.none { color: var(--soft); font-style: italic; }

.error-page { text-align: center; padding-block: var(--s5); }
.numeral { font: italic 600 clamp(5rem, 18vw, 8rem)/1 var(--serif); color: var(--accent); opacity: 0.85; }
.error-page .lede { margin: var(--s3) auto var(--s5); }

@media (max-width: 64rem) { .shelf { grid-template-columns: repeat(3, 1fr); gap: var(--s6) var(--s5); } }
@media (max-width: 52rem) { .cart, .cookies { grid-template-columns: 1fr; } }
@media (max-width: 40rem) {
  thead { display: none; }
  tbody tr { display: grid; grid-template-columns: 1fr auto; align-items: center; padding: var(--s3) 0; gap: var(--s1) var(--s3); }
  tbody th, tbody td { padding: 0; max-width: none; min-width: 0; }
  tbody td:nth-child(2) { grid-row: 2; grid-column: 1 / -1; color: var(--soft); }
}
@media (max-width: 46rem) {
  .shelf { grid-template-columns: repeat(2, 1fr); gap: var(--s6) var(--s4); }
  .blurb { display: none; }
  .book .by { margin-bottom: var(--s3); }
  .book h2 { font-size: 1.08rem; }
  .buy button { width: 100%; }
  .line { grid-template-columns: 4rem 1fr auto; }
  .line .cover { grid-row: span 2; align-self: start; }
  .line .what { grid-column: 2 / -1; }
  .line .stepper { justify-self: start; }
}
@media (max-width: 22rem) {
  .line { grid-template-columns: 3.5rem 1fr; }
  .line .cover { grid-row: span 3; }
  .line .price { text-align: left; }
}
@media (prefers-reduced-motion: reduce) { .book .cover { transition: none; } .book:hover .cover { transform: none; } }
`
