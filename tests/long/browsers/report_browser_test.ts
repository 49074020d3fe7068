/**
 * The report as a browser lays it out: on a wide screen and on a phone, by day and by night, on paper.
 * `DECANT_CHROMIUM` names a Chromium; without it the tests are skipped.
 */
import assert from "node:assert/strict";
import { reportHtml } from "../../../engine/report/html/report_html.ts";
import { rich } from "../../engine/report/support/rich.ts";
import { chromium, toldByPage } from "./chromium_page.ts";

/** How a page is shown. */
interface View {
  /** CSS pixels. */
  readonly width: number;
  readonly scheme: "light" | "dark";
  readonly printed: boolean;
}

/** What a view came to. */
interface Seen {
  /** How much wider the page is than its window. */
  readonly over: number;
  /** Cells of tables and words of steps that end beyond the paper, that are cut off, or that take no room. */
  readonly lost: readonly string[];
  /** Table cells that were looked at. */
  readonly cells: number;
  /** The lowest contrast of text with its ground (WCAG 2.1, 1…21). */
  readonly contrast: number;
  /** Where that is. */
  readonly faint: string;
  readonly ground: string;
}

/** An A4 sheet less the margins that the page asks for: 210 − 2 · 12 mm at 96 pixels an inch. */
const PAPER = 703;

/**
 * Shows a page in a frame of a width and measures it. The frame is asked for a scheme as a system would; printing is the
 * rules for paper made those of the screen, since a page cannot print itself.
 */
const MEASURE = `
  const { page, views } = await (await fetch("job")).json();
  const seen = [];
  for (const { width, scheme, printed } of views) {
    const frame = document.createElement("iframe");
    Object.assign(frame.style, { width: width + "px", height: "900px", border: "0", colorScheme: scheme });
    frame.srcdoc = page;
    document.body.append(frame);
    await new Promise((resolve) => frame.onload = resolve);
    const shown = frame.contentDocument;
    const rules = (list) => [...list].flatMap((rule) => [rule, ...rule.cssRules ? rules(rule.cssRules) : []]);
    for (const rule of [...shown.styleSheets].flatMap((sheet) => rules(sheet.cssRules))) {
      if (!printed || !rule.media) continue;
      if (rule.media.mediaText.includes("screen")) rule.media.mediaText = "not all";
      if (rule.media.mediaText === "print") rule.media.mediaText = "all";
    }
    const root = shown.documentElement;
    const styleOf = (element) => frame.contentWindow.getComputedStyle(element);
    const open = (element) => element.checkVisibility({ contentVisibilityAuto: true });
    const cells = [...shown.querySelectorAll("th, td")].filter(open);
    const words = [...shown.querySelectorAll(".steps li > span:not(.lanes)")].filter(open);
    const lost = !printed ? [] : [...cells, ...words].filter((element) => {
      const { left, right, width: room } = element.getBoundingClientRect();
      const cut = element.scrollWidth > element.clientWidth + 1 && styleOf(element).overflowX !== "visible";
      return left < 0 || right > width + 0.5 || cut || room < 1 && element.textContent.trim() !== "";
    }).map((element) => element.textContent.trim());
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const rgb = (colour) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = (colour) => {
      const [r, g, b] = rgb(colour).map((v) => v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (element) => {
      for (; element; element = element.parentElement) {
        if (rgb(styleOf(element).backgroundColor)[3] === 255) return styleOf(element).backgroundColor;
      }
    };
    let contrast = 21, faint = "";
    for (const element of shown.querySelectorAll("p, td, th, h1, h2, h3, a, dd, dt, summary, small, li span, mark, code")) {
      const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
      if (!own || !open(element)) continue;
      const [a, b] = [light(styleOf(element).color), light(ground(element))].sort((x, y) => y - x);
      const ratio = (a + 0.05) / (b + 0.05);
      if (ratio < contrast) [contrast, faint] = [ratio, element.outerHTML.slice(0, 200)];
    }
    const { scrollWidth, clientWidth } = root;
    seen.push({ over: scrollWidth - clientWidth, lost, cells: cells.length, contrast, faint, ground: ground(shown.body) });
    frame.remove();
  }
  return seen;
`;

/** The fullest report that tests have, with a table of as many columns as one ever has. */
function fullest(): string {
  const figures = {
    "precision-macro": 0.9342,
    "recall-macro": 0.9301,
    "f1-macro": 0.9318,
    "f1-micro": 0.9318,
    auc: 0.9971,
    "calibration-error": 0.1192,
  };
  const intervals = Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, [value - 0.01, value + 0.01] as const]),
  );
  const classes = { cat: 0.8, dog: 1 };
  const { document, graph } = rich;
  const models = document.models.map((row) => ({
    ...row,
    intervals,
    metrics: { ...row.metrics, ...figures, precision: classes, f1: classes },
  }));
  const head = [
    "model",
    "accuracy",
    "Δ",
    "agrees",
    ...Object.keys(figures),
    "parameters",
    "nonzero",
  ];
  const more = ["MACs", "bytes", "÷", "gzip", "latency", "in integers"];
  const cells = [...head.slice(1), ...more].map(() => "93.5 % [92.3 %, 94.5 %]");
  const table = {
    head: [...head, ...more],
    rows: models.map(({ name }) => [`${name}  result`, ...cells]),
    notes: [],
  };
  return reportHtml({ ...rich, graph, table, document: { ...document, models } });
}

async function seen(page: string, views: readonly View[]): Promise<readonly Seen[]> {
  return await toldByPage({ script: MEASURE, served: { job: { page, views } } }) as Seen[];
}

const schemes = ["light", "dark"] as const;

Deno.test({
  name:
    "on a screen of 1280 and of 390 pixels, by day and by night, nothing stands beyond the window",
  ignore: chromium === undefined,
  async fn() {
    const views = [1280, 390].flatMap((width) =>
      schemes.map((scheme): View => ({ width, scheme, printed: false }))
    );
    const found = await seen(fullest(), views);
    for (const [at, { over, cells, contrast, faint }] of found.entries()) {
      const where = JSON.stringify(views[at]);
      assert.equal(over, 0, where);
      assert.ok(cells > 80, `${cells} cells, ${where}`);
      assert.ok(contrast >= 4.5, `contrast ${contrast}, ${where}: ${faint}`);
    }
    assert.notEqual(found[0]!.ground, found[1]!.ground, "by night the ground is another");
  },
});

Deno.test({
  name: "on paper every column of every table, and every word of a step, is there",
  ignore: chromium === undefined,
  async fn() {
    const paper = { width: PAPER, scheme: "light", printed: true } as const;
    const [{ over, lost, cells }] = await seen(fullest(), [paper]) as [Seen];
    assert.deepEqual({ over, lost }, { over: 0, lost: [] });
    assert.ok(cells > 80, `${cells} cells`);
  },
});
