/** How tables, charts, bars and lists of steps look, on the report's page and in a notebook. */
import { html } from "./html.ts";

/** Rules of the pieces; what surrounds them gives the colours. */
export const pieces = html`
    mark { background: var(--accent); color: var(--paper); border-radius: 4px; padding: 0.05rem 0.4rem; font-size: 0.75em; margin-left: 0.3rem; }
    h3 .quiet { font-weight: 400; margin-left: 0.4rem; }
  small { font-size: 0.85em; color: var(--quiet); }
  dl, dd, dt { margin: 0; }
  .claims { list-style: none; margin: 0; padding: 0; }
  .claims li { display: flex; gap: 0.7rem; padding: 0.35rem 0; }
  .claims li b { width: 1rem; text-align: center; }
  .claims small { display: block; }
  .claims .good b { color: var(--good); } .claims .bad b { color: var(--bad); } .claims .warn b { color: var(--warn); }
  .claims .warn { color: inherit; }
  .card { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 0.6rem 2rem; margin: 0.8rem 0 1.2rem; }
  .card dt { font-size: 0.8rem; color: var(--quiet); }
  .card dd { overflow-wrap: anywhere; }
  .quiet { color: var(--quiet); font-size: 0.875rem; }
    .warn { color: var(--warn); }
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
    .steps .action, .steps .came { color: var(--quiet); }
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
    .move { display: inline-block; margin-right: 1.4rem; font-variant-numeric: tabular-nums; }
    .confusion td, .confusion th { text-align: center; padding: 0.25rem; min-width: 2.3rem; border: 1px solid var(--paper); font-size: 0.8rem; }
    .scroll > .confusion { min-width: 0; }
    .confusion th[scope="row"] { text-align: right; padding-right: 0.6rem; }
    .confusion .corner { font-size: 0.7rem; }
    .confusion .right { background: color-mix(in srgb, var(--accent) calc(0.45 * var(--share)), var(--raised)); }
    .confusion .wrong { background: color-mix(in srgb, var(--bad) calc(0.5 * var(--share)), var(--raised)); }
    @media screen and (max-width: 46rem) {
      .steps li { grid-template-columns: var(--lanes) minmax(0, 1fr) 5.5rem; min-height: 2.9rem; }
      .confusion td, .confusion th { min-width: 1.65rem; padding: 0.2rem 0.1rem; font-size: 0.7rem; }
      .confusion .corner { font-size: 0.6rem; white-space: normal; width: 3rem; }
      .steps .lanes { grid-row: 1 / span 2; }
      .steps .name { grid-area: 1 / 2; align-self: end; }
      .steps .action { display: none; }
      .steps .came { grid-column: 2 / span 2; grid-row: 2; align-self: start; font-size: 0.8rem; }
      .steps .clock { grid-area: 1 / 3; align-self: end; }
    }
`;

/** The pieces in a notebook, in the colours of its theme where it has one. */
export const fragmentStyle = html`<style>
.decant {
  --paper: var(--jp-layout-color1, Canvas); --raised: var(--jp-layout-color2, #8881); --ink: var(--jp-content-font-color1, CanvasText);
  --quiet: var(--jp-content-font-color2, #7a7f87); --rule: var(--jp-border-color2, #8884);
  --accent: #2a8c93; --good: #3a9460; --bad: #cf5a50; --warn: #b5802a;
  --s0: #2a8c93; --s1: #c8862a; --s2: #7d70bd; --s3: #c0607f; --s4: #7f9640; --s5: #6d8096;
  color: var(--ink); max-width: 66rem;
  ${pieces}
}
</style>`;
