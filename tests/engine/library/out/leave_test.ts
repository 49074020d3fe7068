/** A run as it is left in a folder for people. */
import assert from "node:assert/strict";
import type { Ending } from "../../../../engine/error.ts";
import { filesKind } from "../../../../engine/files.ts";
import { leave } from "../../../../engine/library/out/leave.ts";
import { openOut } from "../../../../engine/library/out/out_folder.ts";
import { memoryStore, withOps } from "../../../../mod.ts";
import type { Execution } from "../../../../engine/run/execute.ts";
import { filesUnder } from "../../../faults/small_cache.ts";
import { fakeOps, graphOf } from "../../run/support/fake.ts";
import { numberOps, numberRecipe } from "../../run/search/numbers.ts";

const ops = fakeOps();
const write = { ...ops.add, name: "export", output: filesKind };
const graph = graphOf([
  { name: "one", op: ops.constant, params: { value: 1 } },
  { name: "export-text", op: write as never, inputs: { number: "one" }, params: { amount: 1 } },
  { name: "export-tfjs", op: write as never, inputs: { number: "one" }, params: { amount: 2 } },
]);
const bytes = new TextEncoder().encode("1");

/** What was executed, as far as leaving it needs that. */
function executed(ending: Ending, done: readonly string[], value?: () => Promise<unknown>) {
  return {
    graph,
    ending,
    outcomes: new Map(done.map((name) => [name, {}])),
    value: value ?? (() => Promise.resolve({ "number.txt": bytes })),
  } as unknown as Execution;
}

/** Leaves it in a folder of its own: what was written, what lies there, what was said, what the reports were given. */
async function left(
  execution: Execution,
  more: { signal?: AbortSignal; whole?: boolean; reports?: () => never; held?: boolean } = {},
) {
  const home = await Deno.makeTempDir();
  const out = `${home}/out`;
  const said: string[] = [];
  const given: unknown[] = [];
  const held = more.held ? await openOut(out) : undefined;
  try {
    const written = await leave(out, {
      execution,
      states: new Map() as never,
      ended: execution.ending,
      whole: more.whole ?? true,
      reports: more.reports ?? ((exports, files) => {
        given.push(exports.map(({ step, folder }) => [step, folder]), files);
        return Promise.resolve({ "report.json": JSON.stringify({ format: 1, exports }) });
      }),
    }, {
      ...(more.signal && { signal: more.signal }),
      onEvent: (event) => {
        if (event.type === "noticed") said.push(event.sentence.replaceAll(home, "HOME"));
      },
    });
    return { written, files: held ? [] : await filesUnder(home).catch(() => []), said, given };
  } finally {
    await held?.[Symbol.asyncDispose]();
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test("without a folder nothing is written, and no report is made", async () => {
  const reports = () => assert.fail("nobody reads it");
  const leaving = {
    execution: executed("done", []),
    states: new Map() as never,
    ended: "done",
    whole: true,
    reports,
  } as const;
  assert.deepEqual(await leave(undefined, leaving, {}), []);
});

Deno.test("the exports that were made are written, and the reports are told where they lie", async () => {
  const both = await left(executed("done", ["one", "export-text", "export-tfjs"]));
  assert.deepEqual(both.written, ["report.json", "text/", "tfjs/"]);
  assert.deepEqual(both.files, ["out/report.json", "out/text/number.txt", "out/tfjs/number.txt"]);
  assert.deepEqual(both.given, [
    [["export-text", "text"], ["export-tfjs", "tfjs"]],
    { text: { "number.txt": bytes }, tfjs: { "number.txt": bytes } },
  ]);
  assert.deepEqual(both.said, []);
  const one = await left(executed("failed", ["export-tfjs"]));
  assert.deepEqual(one.written, ["report.json", "tfjs/"]);
});

Deno.test("of a run that was interrupted no export is read, and its reports are left all the same", async () => {
  const read = () => Promise.reject(new Error("it would take time"));
  for (const ending of ["interrupted", "terminated"] as const) {
    const signal = AbortSignal.abort(new Error("stop"));
    const { written, given } = await left(executed(ending, ["export-tfjs"], read), { signal });
    assert.deepEqual([written, given], [["report.json"], [[], {}]]);
  }
});

Deno.test("asked to end before anything is written, a run that is done writes nothing and says so", async () => {
  const signal = AbortSignal.abort(new Error("stop"));
  const { written, files, said } = await left(executed("done", ["export-tfjs"]), { signal });
  assert.deepEqual([written, files], [undefined, []]);
  assert.deepEqual(said, ["HOME/out is not written: the run was interrupted"]);
});

Deno.test("who waits for another to write says for whom; asked to end then, nothing is written", async () => {
  const stop = new AbortController();
  const reports = left(executed("done", []), { signal: stop.signal, held: true });
  setTimeout(() => stop.abort(new Error("stop")), 40);
  const { written, said } = await reports;
  assert.equal(written, undefined);
  assert.deepEqual(said, [
    `process ${Deno.pid} is writing to HOME/out; waiting for it`,
    "HOME/out is not written: the run was interrupted",
  ]);
});

Deno.test("what goes wrong while it is left is thrown, also where the run was asked to end", async () => {
  const wrong = new Error("no report");
  const reports = (): never => {
    throw wrong;
  };
  await assert.rejects(left(executed("done", []), { reports }), wrong);
  const signal = AbortSignal.abort(new Error("stop"));
  await assert.rejects(left(executed("interrupted", []), { reports, signal }), wrong);
});

Deno.test("of a sweep with a Pareto front the results on it are exported, without one all are", async () => {
  const home = await Deno.makeTempDir();
  const { recipe } = withOps(numberOps());
  const folders = async (pareto: object) => {
    const out = `${home}/${Object.keys(pareto).length}`;
    const sweep = { over: { x: [1, 2] }, ...pareto };
    await recipe(numberRecipe({ sweep }) as never).run({ cache: memoryStore(), out });
    return (await filesUnder(out)).filter((path) => path.endsWith("number.txt"));
  };
  assert.deepEqual(await folders({}), ["x=1/text/number.txt", "x=2/text/number.txt"]);
  assert.deepEqual(await folders({ pareto: "result.bytes" }), ["x=1/text/number.txt"]);
  await Deno.remove(home, { recursive: true });
});
