/** What runs leave in a folder for people, one after another: never of two at once, and found again by digest. */
import assert from "node:assert/strict";
import { digestOf } from "../../../engine/digest.ts";
import { filesDigest, filesKind } from "../../../engine/files.ts";
import { Interruption } from "../../../engine/run/problem.ts";
import { openOut } from "../../../engine/library/out/out_folder.ts";
import { verifyOut } from "../../../engine/library/out/verify_out.ts";
import {
  defaultOut,
  exportSteps,
  filesOf,
  reportIn,
  writeFiles,
  writeOut,
} from "../../../engine/library/write_out.ts";
import { fakeOps, graphOf } from "../run/support/fake.ts";
import { memoryStore, type Recipe, recipe as typed, type RunOptions } from "../../../mod.ts";
import { filesUnder } from "../../faults/small_cache.ts";

const recipe = typed as unknown as (document: Readonly<Record<string, unknown>>) => Recipe;

const PETALS = {
  name: "petals",
  data: "iris",
  model: { use: "mlp", hidden: [8], train: { epochs: 1 } },
};
const cache = memoryStore();
const both = recipe({ ...PETALS, export: [{ use: "tfjs" }, { use: "safetensors" }] });
const REPORTS = ["recipe.lock.json", "report.html", "report.json", "report.md"];

/** A folder in which a run has left its exports. */
async function place() {
  const home = await Deno.makeTempDir();
  const out = `${home}/out`;
  const run = (of: Recipe, options: RunOptions = {}) => of.run({ cache, out, ...options });
  const first = await run(both);
  return {
    out,
    run,
    first,
    json: async (name: string) => JSON.parse(await Deno.readTextFile(`${out}/${name}`)),
    [Symbol.asyncDispose]: () => Deno.remove(home, { recursive: true }),
  };
}

Deno.test("a report lists the exported files by digest, and the lock's artifacts are made of them", async () => {
  await using it = await place();
  const exports = it.first.report.exports ?? [];
  assert.deepEqual(exports.map(({ folder }) => folder), ["tfjs", "safetensors"]);
  assert.deepEqual(await it.json("report.json"), it.first.report);
  const { steps } = await it.json("recipe.lock.json");
  for (const { step, folder, files } of exports) {
    for (const { path, digest, bytes } of files) {
      const found = await Deno.readFile(`${it.out}/${folder}/${path}`);
      assert.deepEqual([digestOf(found), found.length], [digest, bytes]);
    }
    const locked = steps.find(({ name }: { name: string }) => name === step);
    assert.equal(locked.artifact.digest, filesDigest(files));
  }
  const files = exports.flatMap((each) =>
    filesOf(each).map(({ path }) => `${each.folder}/${path}`)
  );
  assert.ok(files.includes("tfjs/preprocessing.json"));
  assert.deepEqual(await filesUnder(it.out), [...REPORTS, ...files, "try.html"].sort());
  assert.deepEqual((await verifyOut(it.out))?.differences, []);
});

Deno.test("an export that a recipe no longer has goes with the run that had it; a run that ends before its exports leaves them", async () => {
  await using it = await place();
  const before = await filesUnder(it.out);
  const lock = await it.json("recipe.lock.json");
  const partly = await it.run(both.with({ seed: 5 }), { until: "data" });
  assert.equal(partly.ending, "done");
  assert.deepEqual(await filesUnder(it.out), before);
  assert.deepEqual(await it.json("recipe.lock.json"), lock);
  assert.deepEqual(partly.report.exports, it.first.report.exports);
  assert.deepEqual((await verifyOut(it.out))?.differences, []);
  const one = await it.run(recipe({ ...PETALS, export: "tfjs" }));
  assert.deepEqual(one.report.exports?.map(({ folder }) => folder), ["tfjs"]);
  assert.ok(!(await filesUnder(it.out)).some((path) => path.startsWith("safetensors")));
  await it.run(recipe(PETALS));
  assert.deepEqual(await filesUnder(it.out), REPORTS);
});

Deno.test("an export without the run's end has no lock: it is not that of the run before", async () => {
  await using it = await place();
  const run = await it.run(both.with({ seed: 5 }), { until: "export-tfjs" });
  assert.deepEqual(run.report.exports?.map(({ folder }) => folder), ["tfjs"]);
  const files = await filesUnder(it.out);
  assert.ok(!files.includes("recipe.lock.json") && files.includes("tfjs/model.json"));
  assert.ok(!files.some((path) => path.startsWith("safetensors")));
  assert.deepEqual((await verifyOut(it.out))?.differences, []);
});

Deno.test("an interrupted run leaves its reports and the exports of the run before, and waits for nobody", async () => {
  await using it = await place();
  const lock = await it.json("recipe.lock.json");
  const interrupted = (seed: number) => {
    const stop = new AbortController();
    const said: string[] = [];
    const run = it.run(both.with({ seed }), {
      signal: stop.signal,
      onEvent(event) {
        if (event.type === "noticed") said.push(event.sentence);
        if (event.type === "ran") stop.abort(new Interruption("terminated"));
      },
    });
    return { run, said };
  };
  const free = await interrupted(7).run;
  assert.deepEqual([free.ending, free.report.exports], ["terminated", it.first.report.exports]);
  assert.deepEqual(await it.json("recipe.lock.json"), lock);
  assert.equal((await it.json("report.json")).ok, false);
  const report = await Deno.readTextFile(`${it.out}/report.json`);
  const held = await openOut(it.out);
  const { run, said } = interrupted(8);
  assert.deepEqual([(await run).ending, (await run).written], ["terminated", []]);
  assert.deepEqual(said, [`${it.out} is not written: the run was interrupted`]);
  await held[Symbol.asyncDispose]();
  assert.equal(await Deno.readTextFile(`${it.out}/report.json`), report);
});

Deno.test("a run that waits for another to write says so; interrupted then, it has ended and written nothing", async () => {
  await using it = await place();
  const before = await Deno.readTextFile(`${it.out}/report.json`);
  const held = await openOut(it.out);
  const stop = new AbortController();
  const said: string[] = [];
  const run = await it.run(both, {
    signal: stop.signal,
    onEvent(event) {
      if (event.type !== "noticed") return;
      said.push(event.sentence);
      stop.abort(new Interruption("interrupted"));
    },
  });
  assert.deepEqual([run.ending, run.ok, run.written], ["interrupted", false, []]);
  assert.deepEqual(said, [
    `process ${Deno.pid} is writing to ${it.out}; waiting for it`,
    `${it.out} is not written: the run was interrupted`,
  ]);
  await held[Symbol.asyncDispose]();
  assert.equal(await Deno.readTextFile(`${it.out}/report.json`), before);
});

Deno.test("the default folder tells settings apart, readably, whatever their order", () => {
  assert.equal(defaultOut("digits"), "out/digits");
  assert.equal(defaultOut("digits", {}), "out/digits");
  const set = { "prune.ratio": "0.7", seed: "1" };
  assert.equal(defaultOut("digits", set), "out/digits+prune.ratio=0.7+seed=1");
  assert.equal(defaultOut("digits", { seed: 1, "prune.ratio": 0.7 }), defaultOut("digits", set));
  const odd = ["[a, b]", "[a, c]", "A", "a", "../../x", "1+b=2", "x".repeat(200), "x".repeat(201)];
  const folders = odd.map((value) => defaultOut("digits", { a: value }));
  assert.equal(new Set(folders).size, odd.length);
  for (const folder of folders) assert.match(folder, /^out\/digits\+a=[a-z0-9._=+-]{1,90}$/);
  assert.notEqual(defaultOut("d", { a: "1+b=2" }), defaultOut("d", { a: "1", b: "2" }));
});

const file = { path: "a.bin", digest: "0", bytes: 1 };
const exported = { step: "export-tfjs", folder: "tfjs", files: [file] };

/** What is read of a report in a folder that holds this text. */
async function read(text?: string) {
  const root = await Deno.makeTempDir();
  try {
    if (text !== undefined) await Deno.writeTextFile(`${root}/report.json`, text);
    return await reportIn(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("a report is ours where it is JSON with a format; without one there is none", async () => {
  assert.deepEqual(await read(), { there: false, sound: false, exports: [] });
  for (const text of ["{", "null", "3", "{}", '{"format":"1"}', "[]"]) {
    assert.deepEqual(await read(text), { there: true, sound: false, exports: [] }, text);
  }
  for (const exports of [undefined, 3, {}]) {
    assert.deepEqual(await read(JSON.stringify({ format: 1, exports })), {
      there: true,
      sound: true,
      exports: [],
    });
  }
  const two = { ...exported, folder: "x=1/tfjs" };
  assert.deepEqual((await read(JSON.stringify({ format: 1, exports: [exported, two] }))).exports, [
    exported,
    two,
  ]);
});

Deno.test("rows of a report that are no exports, or lead elsewhere, are passed over", async () => {
  const wrong = [
    null,
    3,
    { ...exported, step: 3 },
    { ...exported, folder: 3 },
    { ...exported, folder: "../tfjs" },
    { ...exported, files: {} },
    { ...exported, files: [file, null] },
    { ...exported, files: [{ ...file, path: 3 }] },
    { ...exported, files: [{ ...file, path: "../a.bin" }] },
    { ...exported, files: [{ ...file, digest: 3 }] },
    { ...exported, files: [{ ...file, bytes: 1.5 }] },
    { ...exported, files: [file, { ...file, bytes: "1" }] },
  ];
  for (const row of wrong) {
    const text = JSON.stringify({ format: 1, exports: [row, exported] });
    assert.deepEqual((await read(text)).exports, [exported], JSON.stringify(row));
  }
});

Deno.test("what stands in the place of the report and is no file is to be taken away", async () => {
  const root = await Deno.makeTempDir();
  await Deno.mkdir(`${root}/report.json`);
  await assert.rejects(reportIn(root), {
    code: "out",
    message: `${root}/report.json is a folder, not a file; take it away`,
  });
  await Deno.remove(root, { recursive: true });
});

Deno.test("a name that leads out of the folder is not written, and nothing is", async () => {
  const root = `${await Deno.makeTempDir()}/out`;
  const refused = (path: string) => ({
    code: "out",
    message: `"${path}" is not written: the name leads out of the folder`,
  });
  const bytes = new Uint8Array(1);
  const render = () => Promise.resolve({});
  const write = (folder: string, path: string) =>
    writeOut(root, [{ step: "s", folder, files: { a: bytes, [path]: bytes } }], render, {
      whole: true,
    });
  await assert.rejects(write("tfjs", "../b"), refused("../b"));
  await assert.rejects(write("../tfjs", "b"), refused("../tfjs"));
  await assert.rejects(writeFiles(root, { a: bytes, "/b": bytes }), refused("/b"));
  await assert.rejects(Deno.stat(root), Deno.errors.NotFound);
  assert.deepEqual(await writeFiles(root, { a: bytes, "b/c": bytes }), ["a", "b/c"]);
  assert.deepEqual(await filesUnder(root), ["a", "b/c"]);
  await Deno.remove(root, { recursive: true });
});

Deno.test("reports are told what lies beside them, each file by path, digest and size, in order", async () => {
  const root = await Deno.makeTempDir();
  const told: unknown[] = [];
  const render = (exports: unknown) => {
    told.push(exports);
    return Promise.resolve({ "report.json": JSON.stringify({ format: 1, exports }), "b.md": "b" });
  };
  const bytes = new Uint8Array([7, 8]);
  const made = { step: "export-tfjs", folder: "tfjs", files: { b: bytes, a: new Uint8Array() } };
  const written = await writeOut(root, [made], render, { whole: true });
  assert.deepEqual(written, ["report.json", "b.md", "tfjs/"]);
  const files = [
    { path: "a", digest: digestOf(new Uint8Array()), bytes: 0 },
    { path: "b", digest: digestOf(bytes), bytes: 2 },
  ];
  assert.deepEqual(told, [[{ step: "export-tfjs", folder: "tfjs", files }]]);
  // Neither complete nor with an export of its own: what lies there stays, and is told of.
  assert.deepEqual(await writeOut(root, [], render, { whole: false }), ["report.json", "b.md"]);
  assert.deepEqual(told[1], told[0]);
  assert.deepEqual(await filesUnder(root), ["b.md", "report.json", "tfjs/a", "tfjs/b"]);
  await writeOut(root, [], render, { whole: true });
  assert.deepEqual(told[2], []);
  assert.deepEqual(await filesUnder(root), ["b.md", "report.json"]);
  await Deno.remove(root, { recursive: true });
});

Deno.test("a page comes and goes with the export that it runs, and stays where it lies already", async () => {
  const root = await Deno.makeTempDir();
  const render = (exports: unknown) =>
    Promise.resolve({ "report.json": JSON.stringify({ format: 1, exports }) });
  const bytes = new TextEncoder().encode("page");
  const row = { path: "try.html", digest: digestOf(bytes), bytes: 4, of: "all" };
  const made = { step: "export-tfjs", folder: "tfjs", files: { a: bytes } };
  const page = { row, files: { "try.html": bytes } };
  const written = await writeOut(root, [{ ...made, page }], render, { whole: true });
  assert.deepEqual(written, ["report.json", "try.html", "tfjs/"]);
  const listed = JSON.parse(await Deno.readTextFile(`${root}/report.json`)).exports;
  assert.deepEqual(listed[0].page, row);
  const lies = () => Deno.readTextFile(`${root}/try.html`).catch(() => undefined);
  assert.equal(await lies(), "page");
  // It lies there: nothing is written, and it is listed all the same.
  const there = { ...made, page: { row, files: {} } };
  assert.deepEqual(await writeOut(root, [there], render, { whole: true }), written);
  assert.equal(await lies(), "page");
  await writeOut(root, [], render, { whole: false });
  assert.equal(await lies(), "page", "what is not whole leaves what lies there");
  await writeOut(root, [made], render, { whole: true });
  assert.equal(await lies(), undefined);
  await Deno.writeTextFile(`${root}/try.html`, "mine");
  await writeOut(root, [made], render, { whole: true });
  assert.equal(await lies(), "mine", "no report says that it is ours");
  await Deno.remove(root, { recursive: true });
});

Deno.test("a document comes and goes with its export, in its folder, and no file of the artifact is it", async () => {
  const root = await Deno.makeTempDir();
  const render = (exports: unknown) =>
    Promise.resolve({ "report.json": JSON.stringify({ format: 1, exports }) });
  const bytes = new TextEncoder().encode("{}");
  const made = { step: "export-tfjs", folder: "tfjs", files: { a: bytes } };
  const document = { "told.json": bytes };
  await writeOut(root, [{ ...made, document }], render, { whole: true });
  assert.deepEqual(await filesUnder(root), ["report.json", "tfjs/a", "tfjs/told.json"]);
  const { exports } = await reportIn(root);
  const row = { path: "told.json", digest: digestOf(bytes), bytes: 2 };
  assert.deepEqual(exports[0]!.document, row);
  assert.deepEqual(exports[0]!.files.map(({ path }) => path), ["a"]);
  assert.deepEqual(filesOf(exports[0]!), [...exports[0]!.files, row]);
  await writeOut(root, [made], render, { whole: true });
  assert.deepEqual(await filesUnder(root), ["report.json", "tfjs/a"]);
  assert.equal((await reportIn(root)).exports[0]!.document, undefined);
  await Deno.remove(root, { recursive: true });
});

Deno.test("a row whose document leads elsewhere, or is none, is passed over", async () => {
  const root = await Deno.makeTempDir();
  const exports = async (document: unknown) => {
    const row = { step: "s", folder: "f", files: [], document };
    await Deno.writeTextFile(`${root}/report.json`, JSON.stringify({ format: 1, exports: [row] }));
    return (await reportIn(root)).exports.length;
  };
  const document = { path: "told.json", digest: "d", bytes: 1 };
  assert.equal(await exports(document), 1);
  assert.equal(await exports({ ...document, path: "../told.json" }), 0);
  assert.equal(await exports({ ...document, bytes: "1" }), 0);
  assert.equal(await exports(null), 0);
  await Deno.remove(root, { recursive: true });
});

Deno.test("a row whose page leads elsewhere, or is none, is passed over", async () => {
  const root = await Deno.makeTempDir();
  const exports = async (page: unknown) => {
    const row = { step: "s", folder: "f", files: [], page };
    await Deno.writeTextFile(`${root}/report.json`, JSON.stringify({ format: 1, exports: [row] }));
    return (await reportIn(root)).exports.length;
  };
  const page = { path: "try.html", digest: "d", bytes: 1, of: "o" };
  assert.equal(await exports(page), 1);
  assert.equal(await exports({ ...page, path: "mine.html" }), 0);
  assert.equal(await exports({ ...page, bytes: "1" }), 0);
  assert.equal(await exports({ ...page, of: 1 }), 0);
  await Deno.remove(root, { recursive: true });
});

Deno.test("a lock goes with the run that it was of, but not where no report is there", async () => {
  const root = await Deno.makeTempDir();
  const lock = `${root}/recipe.lock.json`;
  const render = () => Promise.resolve({ "report.json": '{"format":1}' });
  await Deno.writeTextFile(lock, "mine");
  await writeOut(root, [], render, { whole: true });
  assert.equal(await Deno.readTextFile(lock), "mine");
  await writeOut(root, [], render, { whole: false });
  assert.equal(await Deno.readTextFile(lock), "mine", "the run before was complete");
  await writeOut(root, [], render, { whole: true });
  await assert.rejects(Deno.stat(lock), Deno.errors.NotFound);
  await Deno.remove(root, { recursive: true });
});

Deno.test("the folder of a run with odd settings has a digest, one of 80 characters none", () => {
  const folder = (value: string) => defaultOut("d", { a: value });
  assert.equal(folder("x".repeat(77)), `out/d+a=${"x".repeat(77)}`);
  assert.match(folder("x".repeat(78)), /^out\/d\+a=x{77}\+[0-9a-f]{8}$/);
  assert.match(folder("A b"), /^out\/d\+a=__b\+[0-9a-f]{8}$/);
  assert.equal(defaultOut("d", { a: [1], b: true }), defaultOut("d", { b: true, a: [1] }));
  assert.equal(defaultOut("d", { a: true }), "out/d+a=true");
});

Deno.test("the steps that make files are those whose op does", () => {
  const ops = fakeOps();
  const write = { ...ops.add, output: filesKind } as never;
  const graph = graphOf([
    { name: "one", op: ops.constant, params: { value: 1 } },
    { name: "export-a", op: write, inputs: { number: "one" } },
    { name: "export-b", op: write, inputs: { number: "one" } },
  ]);
  assert.deepEqual(exportSteps(graph), ["export-a", "export-b"]);
});
