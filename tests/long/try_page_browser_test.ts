/**
 * The page beside a report that runs the exported model, in Chromium: it classifies what is drawn in it, what is typed,
 * and has room on a phone. `DECANT_CHROMIUM` names a Chromium; without it the tests are skipped.
 */
import assert from "node:assert/strict";
import { memoryStore, type Recipe } from "../../mod.ts";
import { recipe } from "../recipes/small.ts";
import { chromium, toldByPage } from "./chromium_page.ts";

/** Opens the page in a frame of a width, and waits until it is ready; `page` is then its document. */
const OPENED = (width: number) => `
  const frame = document.createElement("iframe");
  Object.assign(frame.style, { width: "${width}px", height: "900px", border: "0" });
  const asked = [];
  new PerformanceObserver((list) => asked.push(...list.getEntries().map(({ name }) => name)))
    .observe({ type: "resource" });
  frame.srcdoc = await (await fetch("try")).text();
  document.body.append(frame);
  await new Promise((resolve) => frame.onload = resolve);
  const page = frame.contentDocument;
  for (let left = 200; page.body.dataset.ready !== "yes"; left--) {
    if (left === 0) throw new Error("the page is not ready");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const answers = () => [...page.querySelectorAll("#answers li")].map((each) => each.textContent);
  const time = () => page.getElementById("time").textContent;
  const over = page.documentElement.scrollWidth - page.documentElement.clientWidth;
  const shown = frame.contentWindow;
`;

/** Draws lines on the canvas as a pen does: points in shares of its width and height. */
const DRAWN = `
  const canvas = page.getElementById("draw");
  const pen = (type, [x, y]) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const at = { clientX: left + x * width, clientY: top + y * height, bubbles: true };
    canvas.dispatchEvent(new shown.PointerEvent(type, at));
  };
  const draw = (points) => {
    pen("pointerdown", points[0]);
    for (const point of points.slice(1)) pen("pointermove", point);
    pen("pointerup", points.at(-1));
  };
`;

/** The page that a recipe leaves beside its report. */
async function pageOf(trained: Recipe): Promise<Uint8Array> {
  const out = await Deno.makeTempDir();
  try {
    const run = await trained.run({ cache: memoryStore(), out });
    assert.deepEqual(run.problems, []);
    return await Deno.readFile(`${out}/try.html`);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
}

/** A circle, not in the middle and not of the size that the data have. */
const RING = Array.from({ length: 41 }, (_, i) => {
  const angle = 2 * Math.PI * i / 40;
  return [0.4 + 0.13 * Math.sin(angle), 0.45 - 0.2 * Math.cos(angle)];
});
const BAR = [[0.62, 0.2], [0.6, 0.4], [0.58, 0.6], [0.56, 0.8]];

Deno.test({
  name: "digits that are drawn are classified in the page, with their milliseconds",
  ignore: chromium === undefined,
  async fn() {
    const page = await pageOf(recipe({
      name: "drawn",
      data: "digits",
      model: { use: "lenet5", train: { epochs: 2 } },
      quantize: { scheme: "int8", activations: "none" },
      export: "tfjs",
    }));
    const script = `${OPENED(390)} ${DRAWN}
      draw(${JSON.stringify(RING)});
      const ring = answers();
      const timed = time();
      page.querySelector("button").click();
      const cleared = answers();
      draw(${JSON.stringify(BAR)});
      return { ring, bar: answers(), timed, cleared, over, asked };
    `;
    const told = await toldByPage({ script, served: { try: page } }) as {
      readonly [name: string]: readonly string[];
    };
    assert.match(told.ring![0]!, /^0\d+\.\d %$/);
    assert.match(told.bar![0]!, /^1\d+\.\d %$/);
    assert.equal(told.ring!.length, 5);
    assert.deepEqual(told.cleared, []);
    assert.match(`${told.timed}`, /^\d+(\.\d)? ms in this page$/);
    assert.equal(told.over, 0);
    assert.deepEqual(
      told.asked!.filter((name) => !/\/(try|favicon.ico)$/.test(name)),
      [],
      "it asks nobody",
    );
  },
});

Deno.test({
  name: "numbers that are typed are classified, once there are as many as the model reads",
  ignore: chromium === undefined,
  async fn() {
    const page = await pageOf(recipe({
      name: "typed",
      data: "iris",
      model: { use: "mlp", hidden: [12], train: { epochs: 60 } },
      export: "packed",
    }));
    const script = `${OPENED(1280)}
      const field = page.getElementById("numbers");
      const type = (text) => {
        field.value = text;
        field.dispatchEvent(new shown.Event("input"));
        return answers();
      };
      return { three: type("5.1 3.5 1.4"), four: type("5.1, 3.5, 1.4, 0.2"), over };
    `;
    const told = await toldByPage({ script, served: { try: page } }) as {
      readonly [name: string]: readonly string[];
    };
    assert.deepEqual(told.three, []);
    assert.match(told.four![0]!, /^setosa\d+\.\d %$/);
    assert.equal(told.over, 0);
  },
});
