/** The panel below each page: an index card with four steps. */
export const hood = `
.hood { width: 100%; max-width: calc(var(--page) - 2 * var(--s5)); margin: 0 auto var(--s7); background: var(--sheet);
  border: 1px solid var(--rule); border-top: 4px double var(--accent); border-radius: 0 0 10px 10px; }
.hood summary {
  display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 var(--s3); padding: var(--s4) var(--s5); cursor: pointer;
  list-style: none;
}
.hood summary::-webkit-details-marker { display: none; }
.hood summary::after { content: '+'; margin-left: auto; font: 1.5rem/1 var(--serif); color: var(--accent); }
.hood [open] summary::after { content: '–'; }
.hood-title { font: italic 600 1.35rem/1.2 var(--serif); }
.hood-sub { color: var(--soft); }
.steps { display: grid; grid-template-columns: 1fr 1fr; grid-template-rows: auto auto 1fr; counter-reset: step; border-top: 1px solid var(--rule); }
.steps > li { counter-increment: step; padding: var(--s5); min-width: 0; display: grid; gap: var(--s3); align-content: start; }
.steps > li:nth-child(1) { grid-area: 1 / 1 / 2; } .steps > li:nth-child(2) { grid-area: 2 / 1 / 4; }
.steps > li:nth-child(3) { grid-area: 1 / 2 / 3; } .steps > li:nth-child(4) { grid-area: 3 / 2 / 4; }
.steps > li:nth-child(n + 3) { border-left: 1px solid var(--rule); }
.steps > li:nth-child(even) { border-top: 1px solid var(--rule); }
.steps h2 { display: flex; align-items: center; gap: var(--s2); }
.steps h2::before {
  content: counter(step); flex: none; width: 1.7rem; height: 1.7rem; border-radius: 50%; border: 1px solid var(--accent);
  color: var(--accent); font: 600 0.95rem/1.6rem var(--serif); text-align: center;
}
.steps p, .steps dl, .steps ul { font-size: 0.95rem; line-height: 1.55; }
.wire, .steps pre {
  background: var(--well); border: 1px solid var(--rule); border-radius: 6px; padding: var(--s2) var(--s3);
}
.steps .wire { font: 0.82rem/1.6 var(--mono); overflow-wrap: anywhere; }
.steps .wire.none { font-style: italic; }
.steps pre { max-height: 16rem; overflow: auto; font-size: 0.82rem; line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere; }
.reason { background: var(--wash); color: var(--accent); border-radius: 4px; padding: 0.1em 0.45em; margin-right: 0.25em; }
.anatomy { display: block; width: 100%; height: 2.25rem; border-radius: 6px; }
.part-version { fill: var(--version); } .part-key { fill: var(--key); } .part-nonce { fill: var(--nonce); }
.part-sealed { fill: var(--sealed); } .part-tag { fill: var(--tag); }
.part-locator { fill: var(--key); } .part-verifier { fill: var(--nonce); }
.part-none, .leads { fill: none; stroke: var(--soft); stroke-width: 1.5px; stroke-dasharray: 4 4; vector-effect: non-scaling-stroke; }
.legend { display: grid; gap: var(--s2); }
.legend li { display: grid; grid-template-columns: 0.8rem 7.5rem 1fr; gap: 0 var(--s2); align-items: baseline; }
.legend .swatch { width: 0.8rem; height: 0.8rem; }
.legend .name { font-weight: 600; white-space: nowrap; }
.legend small { color: var(--soft); font-weight: 400; }
.legend code { overflow-wrap: anywhere; }
.legend .meaning { grid-column: 3; color: var(--soft); font-size: 0.86rem; line-height: 1.4; }
.times div { display: flex; gap: var(--s3); }
.times dt { flex: none; width: 6.5rem; color: var(--soft); }
.outcome { display: grid; gap: var(--s2); }
.outcome h3 { font-size: 1rem; }
.stories { border-top: 1px solid var(--rule); padding: var(--s5); display: grid; gap: var(--s3); }
.stories ul { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(18rem, 100%), 1fr)); gap: var(--s4) var(--s6); }
.stories li { display: grid; gap: var(--s2); align-content: start; justify-items: start; font-size: 0.95rem; }
.stories h3 { font-size: 1rem; }
@media (max-width: 52rem) {
  .hood { border-inline: 0; border-radius: 0; margin-bottom: 0; }
  .steps { display: block; }
  .steps > li:nth-child(n) { grid-area: auto; border-left: 0; }
  .steps > li + li { border-top: 1px solid var(--rule); }
}
@media (max-width: 40rem) { .hood summary, .steps > li { padding: var(--s4); } }
@media (max-width: 30rem) {
  .legend li { grid-template-columns: 0.8rem 1fr auto; }
  .legend .meaning { grid-column: 2 / -1; }
}
`
