/** How the report looks: one column, one accent, quiet lines; the same rules for charts. */
import { html } from "./html.ts";

/** The style sheet. A notebook, which has a page of its own, takes the parts of it that begin with `.decant`. */
export const style = html`<style>
:root {
  --paper: #fdfcfa; --raised: #f6f4ef; --ink: #23262b; --quiet: #6b7078; --rule: #e4e0d7;
  --accent: #1f6f78; --good: #2e7d4f; --bad: #b3382f; --warn: #9a6412;
  --s0: #1f6f78; --s1: #c07a1a; --s2: #6657a6; --s3: #b04a6f; --s4: #6b8230; --s5: #56697f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16181c; --raised: #1e2126; --ink: #e4e2dd; --quiet: #979ca5; --rule: #31353c;
    --accent: #6cc0c4; --good: #74c797; --bad: #ee8a80; --warn: #dcae62;
    --s0: #6cc0c4; --s1: #e3a852; --s2: #a99cec; --s3: #e98cad; --s4: #adc36c; --s5: #9fb2c9;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 ui-sans-serif, system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
}
main { max-width: 74rem; margin: 0 auto; padding: 3.5rem 1.5rem 5rem; }
h1 { font-size: 2.1rem; line-height: 1.15; letter-spacing: -0.02em; margin: 0.2rem 0 0.4rem; }
h2 { font-size: 1.2rem; letter-spacing: -0.01em; margin: 3.2rem 0 0.9rem; padding-top: 1rem; border-top: 1px solid var(--rule); }
h3 { font-size: 1rem; margin: 1.8rem 0 0.6rem; }
h3 .quiet { font-weight: 400; margin-left: 0.4rem; }
p { margin: 0.6rem 0; max-width: 46rem; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
code, pre { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 0.85em; }
code { overflow-wrap: anywhere; }
pre { background: var(--raised); border-radius: 8px; padding: 0.9rem 1.1rem; overflow-x: auto; line-height: 1.5; max-height: 34rem; }
mark { background: var(--accent); color: var(--paper); border-radius: 4px; padding: 0.05rem 0.4rem; font-size: 0.75em; margin-left: 0.3rem; }
small { font-size: 0.85em; color: var(--quiet); }
.quiet { color: var(--quiet); font-size: 0.875rem; }
.kicker { color: var(--quiet); font-size: 0.85rem; margin: 0; }
.lead { font-size: 1.1rem; color: var(--quiet); margin-top: 0; }
.claim { font-size: 1.15rem; margin: 1.2rem 0; }
.warn { color: var(--warn); }
dl, dd, dt { margin: 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 0.8rem; margin: 1.4rem 0; }
.tiles div { background: var(--raised); border-radius: 10px; padding: 0.8rem 1rem; }
.tiles dt { font-size: 0.8rem; color: var(--quiet); }
.tiles dd { font-size: 1.45rem; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
.tiles dd.quiet { font-size: 0.8rem; letter-spacing: 0; }
nav { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; font-size: 0.9rem; margin-top: 1.6rem; }
.claims { list-style: none; margin: 0; padding: 0; }
.claims li { display: flex; gap: 0.7rem; padding: 0.35rem 0; }
.claims li b { width: 1rem; text-align: center; }
.claims small { display: block; }
.claims .good b { color: var(--good); } .claims .bad b { color: var(--bad); } .claims .warn b { color: var(--warn); }
.claims .warn { color: inherit; }
.scroll { overflow-x: auto; margin: 0.8rem 0; }
table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
.scroll > table { min-width: 100%; }
th { font-weight: 500; color: var(--quiet); }
th, td { padding: 0.38rem 0.65rem; white-space: nowrap; border-bottom: 1px solid var(--rule); }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
.left { text-align: left; } .right { text-align: right; }
.bar { display: inline-block; vertical-align: middle; width: 5rem; height: 0.4rem; border-radius: 3px; background: var(--rule); margin-right: 0.6rem; overflow: hidden; text-align: left; }
.bar i { display: block; height: 100%; background: var(--accent); }
.barred { display: inline-block; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 0.5rem 2rem; }
figure { margin: 0.6rem 0; max-width: 34rem; }
.chart { display: block; width: 100%; height: auto; overflow: visible; font-size: 11px; fill: var(--ink); }
.chart path { fill: none; }
.grid path { stroke: var(--rule); }
.axis, .ticks path { stroke: var(--quiet); }
.ticks text, .measure { fill: var(--quiet); }
.measure { font-weight: 600; }
.point { fill: var(--quiet); } .point.result, .point.best { fill: var(--accent); } .point.reference { fill: var(--ink); }
.point.passing { fill: var(--paper); stroke: var(--quiet); stroke-width: 1.5; }
.chart .walk { stroke: var(--quiet); stroke-dasharray: 1.5 4; stroke-linecap: round; }
.chart .front { stroke: var(--accent); opacity: 0.5; }
.chart .interval { stroke: var(--quiet); stroke-width: 1.5; opacity: 0.6; }
.chart .line { stroke: var(--c); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.dot, .end { fill: var(--c); }
.chart text { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; }
.total { --c: var(--quiet); } .total .line { stroke-dasharray: 5 4; }
.s0 { --c: var(--s0); } .s1 { --c: var(--s1); } .s2 { --c: var(--s2); }
.s3 { --c: var(--s3); } .s4 { --c: var(--s4); } .s5 { --c: var(--s5); }
.steps { list-style: none; margin: 0.8rem 0; padding: 0; font-size: 0.875rem; }
.steps li {
  display: grid; grid-template-columns: var(--lanes) 11rem 12rem minmax(0, 1fr) 6.5rem;
  gap: 0 0.9rem; align-items: center; min-height: 2.1rem;
}
.steps li > span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.steps .name { font-weight: 500; }
.steps .deed, .steps .came { color: var(--quiet); }
.steps .lanes { position: relative; height: 100%; overflow: visible; }
.lanes svg { position: absolute; inset: 0; width: 100%; height: 100%; }
.lanes path { fill: none; stroke: var(--quiet); opacity: 0.55; stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.mark { display: inline-block; width: 9px; height: 9px; border-radius: 50%; background: var(--paper); border: 2px solid var(--accent); }
.lanes .mark { position: absolute; top: 50%; transform: translate(-50%, -50%); }
.mark.ran, .ran .mark { background: var(--accent); }
.failed .mark { border-color: var(--bad); background: var(--bad); border-radius: 0; }
.skipped .mark { border-color: var(--quiet); border-style: dotted; }
.failed .name { color: var(--bad); } .skipped .name { color: var(--quiet); }
.clock { position: relative; text-align: right; font-variant-numeric: tabular-nums; padding: 0.15rem 0; }
.clock i { position: absolute; right: 0; bottom: 0; height: 2px; background: var(--accent); opacity: 0.6; }
.hit .clock { color: var(--quiet); } .hit .clock i { background: var(--quiet); }
.quiet .mark { margin: 0 0.25rem 0 0.6rem; } .quiet .mark:first-child { margin-left: 0; }
.change { margin-bottom: 2.2rem; }
.move { display: inline-block; margin-right: 1.4rem; font-variant-numeric: tabular-nums; }
.card { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 0.6rem 2rem; margin: 0.8rem 0 1.2rem; }
.card dt { font-size: 0.8rem; color: var(--quiet); }
.card dd { overflow-wrap: anywhere; }
details { margin: 0.5rem 0; }
summary { cursor: pointer; color: var(--accent); font-size: 0.9rem; }
.confusion td, .confusion th { text-align: center; padding: 0.25rem; min-width: 2.3rem; border: 1px solid var(--paper); font-size: 0.8rem; }
.scroll > .confusion { min-width: 0; }
.confusion th[scope="row"] { text-align: right; padding-right: 0.6rem; }
.confusion .corner { font-size: 0.7rem; }
.confusion .right { background: color-mix(in srgb, var(--accent) calc(0.55 * var(--share)), var(--raised)); }
.confusion .wrong { background: color-mix(in srgb, var(--bad) calc(0.8 * var(--share)), var(--raised)); }
@media (max-width: 46rem) {
  main { padding: 1.8rem 1.1rem 3rem; }
  h1 { font-size: 1.7rem; }
  h2 { margin-top: 2.4rem; }
  .claim { font-size: 1.05rem; }
  .tiles { grid-template-columns: repeat(2, 1fr); gap: 0.6rem; }
  .tiles dd { font-size: 1.25rem; }
  .steps li { grid-template-columns: var(--lanes) minmax(0, 1fr) 5.5rem; min-height: 2.9rem; }
  .confusion td, .confusion th { min-width: 1.65rem; padding: 0.2rem 0.1rem; font-size: 0.7rem; }
  .confusion .corner { font-size: 0.6rem; white-space: normal; width: 3rem; }
  .steps .lanes { grid-row: 1 / span 2; }
  .steps .name { grid-area: 1 / 2; align-self: end; }
  .steps .deed { display: none; }
  .steps .came { grid-column: 2 / span 2; grid-row: 2; align-self: start; font-size: 0.8rem; }
  .steps .clock { grid-area: 1 / 3; align-self: end; }
}
@media print { nav { display: none; } details { display: block; } pre { max-height: none; white-space: pre-wrap; } }
</style>`;
