/** How the report's page looks: one column, one accent, quiet lines, light or dark as the reader's system is. */
import { html } from "./html.ts";
import { pieces } from "./pieces_style.ts";

/** The style sheet. */
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
p { margin: 0.6rem 0; max-width: 46rem; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
code, pre { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 0.85em; }
code { overflow-wrap: anywhere; }
pre { background: var(--raised); border-radius: 8px; padding: 0.9rem 1.1rem; overflow-x: auto; line-height: 1.5; max-height: 34rem; }
.kicker { color: var(--quiet); font-size: 0.85rem; margin: 0; }
.lead { font-size: 1.1rem; color: var(--quiet); margin-top: 0; }
.claim { font-size: 1.15rem; margin: 1.2rem 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 0.8rem; margin: 1.4rem 0; }
.tiles div { background: var(--raised); border-radius: 10px; padding: 0.8rem 1rem; }
.tiles dt { font-size: 0.8rem; color: var(--quiet); }
.tiles dd { font-size: 1.45rem; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
.tiles dd.quiet { font-size: 0.8rem; letter-spacing: 0; }
.sheet { position: absolute; }
.samples { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(7.2rem, 29%), 1fr)); gap: 1rem; }
.samples svg { display: block; width: 4rem; height: 4rem; border-radius: 6px; image-rendering: pixelated; background: var(--raised); }
.samples span { font-weight: 500; }
.samples small { display: block; line-height: 1.35; }
.samples small span { font-weight: 400; }
.samples .good { color: var(--good); } .samples .bad { color: var(--bad); }
nav { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; font-size: 0.9rem; margin-top: 1.6rem; }
.change { margin-bottom: 2.2rem; }
details { margin: 0.5rem 0; }
summary { cursor: pointer; color: var(--accent); font-size: 0.9rem; }
${pieces}
@media screen and (max-width: 46rem) {
  main { padding: 1.8rem 1.1rem 3rem; }
  h1 { font-size: 1.7rem; }
  h2 { margin-top: 2.4rem; }
  .claim { font-size: 1.05rem; }
  .tiles { grid-template-columns: repeat(2, 1fr); gap: 0.6rem; }
  .tiles dd { font-size: 1.25rem; }
}
@media print {
  @page { margin: 12mm; }
  body { --paper: #fff; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { max-width: none; padding: 0; }
  nav { display: none; }
  pre { max-height: none; white-space: pre-wrap; overflow-wrap: anywhere; }
  h2, h3 { break-after: avoid; }
  tr, figure, .tiles div, .samples li, .steps li { break-inside: avoid; }
  /* Paper does not scroll: what is wide gets smaller letters and more lines. */
  .scroll { overflow: visible; }
  .scroll > table { font-size: 0.68rem; }
  .scroll .quiet { font-size: inherit; }
  th, td { white-space: normal; padding: 0.3rem; }
  /* Words may break where they must; numbers only at their spaces. */
  th, td.left { overflow-wrap: anywhere; hyphens: auto; }
  .many > table { font-size: 0.55rem; }
  .many th, .many td { padding: 0.3rem 0.12rem; }
  .scroll .bar { width: 2rem; margin-right: 0.3rem; }
  .steps { font-size: 0.75rem; }
  .steps li { grid-template-columns: var(--lanes) 9rem 9rem minmax(0, 1fr) 4.5rem; }
  .steps li > span { white-space: normal; overflow-wrap: anywhere; overflow: visible; }
}
</style>`;
