/** Where code of one's own threw an error. */
import assert from "node:assert/strict";
import { shownModule, thrownAt, withDeepStacks } from "../../../engine/graph/thrown.ts";

const root = new URL("../../../", import.meta.url).href;
const mine = "file:///home/user/mine.ts";

/** Where an error with this stack was thrown. */
function at(...frames: readonly string[]): string | undefined {
  const error = new TypeError("odd");
  error.stack = ["TypeError: odd", ...frames.map((frame) => `    at ${frame}`)].join("\n");
  const found = thrownAt(error);
  return found && `${found.file} ${found.line} ${found.column}`;
}

const engine = `run (${root}engine/run/run_task.ts:1:2)`;

Deno.test("the topmost line outside of Decant is where an error was thrown", () => {
  assert.equal(at(`value (${mine}:3:72)`, engine), `${mine} 3 72`);
  assert.equal(at(`${mine}:3:72`, engine), `${mine} 3 72`);
  assert.equal(at(`async read (${mine}:3:72)`, engine), `${mine} 3 72`);
  assert.equal(at(engine, `a (${mine}:3:72)`, `b (${mine}:4:1)`, engine), `${mine} 3 72`);
  assert.equal(at(`a (https://example.org/mine.ts:5:6)`), "https://example.org/mine.ts 5 6");
  assert.equal(at(`a (${root}recipes/mine.ts:5:6)`), `${root}recipes/mine.ts 5 6`);
});

Deno.test("Decant, its runtime and packages threw nothing of one's own", () => {
  for (
    const frame of [
      engine,
      `a (${root}ops/mod.ts:1:2)`,
      `a (${root}mod.ts:1:2)`,
      "a (ext:core/mod.js:1:2)",
      "a (node:fs:1:2)",
      "Array.map (<anonymous>)",
      "a (file:///cache/npm/registry.npmjs.org/@tensorflow/tfjs-core/4.22.0/dist/x.js:1:2)",
      "a (file:///home/user/node_modules/tfjs/x.js:1:2)",
    ]
  ) {
    assert.equal(at(frame), undefined, frame);
    assert.equal(at(frame, `a (${mine}:3:4)`, engine), `${mine} 3 4`, frame);
  }
  assert.equal(at(`a (${root}mod.tsx:1:2)`), `${root}mod.tsx 1 2`);
  assert.equal(at(`a (file:///elsewhere/engine/a.ts:1:2)`), "file:///elsewhere/engine/a.ts 1 2");
  // What is thrown may be anything.
  assert.equal(thrownAt("words"), undefined);
  assert.equal(thrownAt(Object.assign(new Error("odd"), { stack: undefined })), undefined);
});

Deno.test("the program that waits for a run at the bottom of the stack threw nothing", () => {
  assert.equal(at(engine, `async ${mine}:5:24`), undefined);
  assert.equal(at(`async ${mine}:5:24`), undefined);
  assert.equal(at(engine, `async read (${mine}:3:4)`, engine, `async ${mine}:9:9`), `${mine} 3 4`);
  // Deeper than a stack is kept, but not waiting: it called what threw.
  assert.equal(at(engine, `value (${mine}:3:4)`), `${mine} 3 4`);
});

Deno.test("an error that is really thrown is found in its file", () => {
  const thrown = () => {
    throw new Error("odd");
  };
  try {
    thrown();
  } catch (error) {
    const { file, line } = thrownAt(error)!;
    assert.equal(file, import.meta.url);
    assert.match(Deno.readTextFileSync(new URL(file)).split("\n")[line - 1]!, /throw new Error/);
  }
});

Deno.test("stacks are deep while a body runs, whether it ends well or not", async () => {
  const before = Error.stackTraceLimit;
  const nested = (depth: number): Error => depth === 0 ? new Error("odd") : nested(depth - 1);
  const frames = ({ stack }: Error) => stack!.split("\n").length - 1;
  assert.ok(frames(nested(60)) < 60);
  assert.ok(await withDeepStacks(() => Promise.resolve(frames(nested(60)))) >= 60);
  assert.equal(Error.stackTraceLimit, before);
  await assert.rejects(withDeepStacks(() => Promise.reject(new Error("odd"))), /odd/);
  assert.equal(Error.stackTraceLimit, before);
});

Deno.test("a module is shown as a path, below the working directory without that", () => {
  const here = new URL(`file://${Deno.cwd()}/`).href;
  assert.equal(shownModule(`${here}a%20b/mine.ts`), "a b/mine.ts");
  assert.equal(shownModule("file:///elsewhere/mine.ts"), "/elsewhere/mine.ts");
  assert.equal(shownModule("https://example.org/a%20b.ts"), "https://example.org/a%20b.ts");
});
