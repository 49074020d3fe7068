/** The page beside a report that runs an exported model: when there is one, when it stays, when it goes. */
import assert from "node:assert/strict";
import { digestOf } from "../../../../engine/digest.ts";
import { filesKind } from "../../../../engine/files.ts";
import { tryPageOf } from "../../../../engine/library/out/try_page.ts";
import type { Execution } from "../../../../engine/run/execute.ts";
import { execute } from "../../../../engine/run/execute.ts";
import { memoryStore } from "../../../../engine/store/memory_store.ts";
import { CorruptBlobError } from "../../../../engine/store/store.ts";
import { fakeOps, graphOf, nowhere } from "../../run/support/fake.ts";

const ops = fakeOps();
const asked: unknown[] = [];
/** An export whose page says which model it is of; there is none of the number 7, nor of a page that is left out. */
const exporting = (version: number | undefined) => ({
  ...ops.add,
  name: "export",
  output: filesKind,
  run: () => ({ "number.txt": new Uint8Array([1]) }),
  effect: undefined,
  page: version === undefined ? undefined : {
    version,
    make(name: string, value: number, data: object) {
      asked.push({ name, value, ...data });
      return Promise.resolve(value === 7 ? undefined : `${name} runs ${value}`);
    },
  },
});

const graph = (
  { value = 3, version = 1, data = 1, paged = true } = {},
  result = "one",
) =>
  graphOf([
    { name: "data", op: ops.constant, params: { value: data } },
    { name: "other", op: ops.constant, params: { value: 9 } },
    { name: "one", op: ops.constant, params: { value } },
    {
      name: "export-other",
      op: exporting(version) as never,
      inputs: { number: "other", model: "other", data: "data" },
      params: { amount: 2 },
    },
    {
      name: "export-one",
      op: exporting(paged ? version : undefined) as never,
      inputs: { number: "one", model: "one", data: "data" },
      params: { amount: 2 },
    },
  ], { result });

const store = memoryStore();
const exported = [{ step: "export-other" }, { step: "export-one" }];

async function executed(of: ReturnType<typeof graph>): Promise<Execution> {
  return await execute(of, { store, environment: nowhere });
}

/** Works in a folder of its own; `lies` is what lies there. */
async function inFolder(
  body: (
    root: string,
    lies: (page: object | undefined, text?: string) => Promise<void>,
  ) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await body(root, async (page, text) => {
      const row = { step: "export-one", folder: "one", files: [], ...(page && { page }) };
      await Deno.writeTextFile(
        `${root}/report.json`,
        JSON.stringify({ format: 1, exports: [row] }),
      );
      if (text !== undefined) await Deno.writeTextFile(`${root}/try.html`, text);
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const textOf = (page: Awaited<ReturnType<typeof tryPageOf>>) =>
  page && new TextDecoder().decode(page.files["try.html"]);

Deno.test("the page is of the result where its export can have one, with what the op is told", () =>
  inFolder(async (root) => {
    asked.length = 0;
    const page = await tryPageOf(root, await executed(graph()), exported, store);
    assert.equal(page!.step, "export-one");
    assert.equal(textOf(page), "numbers runs 3");
    const bytes = page!.files["try.html"]!;
    const { path, digest, bytes: size } = page!.row;
    assert.deepEqual([path, digest, size], ["try.html", digestOf(bytes), bytes.length]);
    const manifest = { kind: "number", blob: digestOf(new TextEncoder().encode("1")) };
    const data = { params: { value: 1 }, notes: {}, manifest };
    assert.deepEqual(asked, [{ name: "numbers", value: 3, ...data }]);
  }));

Deno.test("else of the first export that can: by its op, or by what it makes of its model", () =>
  inFolder(async (root) => {
    const of = async (...more: Parameters<typeof graph>) =>
      textOf(await tryPageOf(root, await executed(graph(...more)), exported, store));
    assert.equal(await of({ paged: false }), "numbers runs 9");
    assert.equal(await of({ value: 7 }), "numbers runs 9");
    assert.equal(await of({}, "other"), "numbers runs 9");
    const execution = await executed(graph({ value: 7 }));
    assert.equal(await tryPageOf(root, execution, [exported[1]!], store), undefined);
    assert.equal(await tryPageOf(root, execution, [], store), undefined);
  }));

Deno.test("a page that lies there and is of the same model, data and version stays as it is", () =>
  inFolder(async (root, lies) => {
    const execution = await executed(graph());
    const page = await tryPageOf(root, execution, exported, store);
    await lies(page!.row, textOf(page));
    asked.length = 0;
    const again = await tryPageOf(root, execution, exported, store);
    assert.deepEqual(again, { step: "export-one", row: page!.row, files: {} });
    assert.deepEqual(asked, [], "nothing is made");
    const anew = async (of: ReturnType<typeof graph>) =>
      (await tryPageOf(root, await executed(of), exported, store))!.files["try.html"] !== undefined;
    assert.equal(await anew(graph({ value: 4 })), true);
    assert.equal(await anew(graph({ data: 4 })), true);
    assert.equal(await anew(graph({ version: 2 })), true);
    assert.equal(await anew(graph()), false);
    const noted = await executed(graph());
    const outcome = noted.outcomes.get("data")!;
    const outcomes = new Map([...noted.outcomes, [
      "data",
      { ...outcome, notes: { columns: ["a"] } },
    ]]);
    const other = await tryPageOf(root, { ...noted, outcomes }, exported, store);
    assert.notEqual(other!.files["try.html"], undefined);
    await Deno.writeTextFile(`${root}/try.html`, "edited");
    assert.equal(await anew(graph()), true);
  }));

Deno.test("a file of that name that no report lists is somebody else's, and stays", () =>
  inFolder(async (root, lies) => {
    await lies(undefined, "mine");
    assert.equal(await tryPageOf(root, await executed(graph()), exported, store), undefined);
  }));

Deno.test("where the bytes of a model are gone no step runs again, and there is no page", () =>
  inFolder(async (root) => {
    const execution = await executed(graph());
    const gone = {
      ...store,
      read: (digest: Parameters<typeof store.read>[0]) =>
        Promise.reject(new CorruptBlobError(digest, "missing")),
    };
    assert.equal(await tryPageOf(root, execution, exported, gone), undefined);
    const failing = { ...store, read: () => Promise.reject(new Error("disk")) };
    await assert.rejects(tryPageOf(root, execution, exported, failing), /disk/);
    const outcomes = new Map([...execution.outcomes].filter(([name]) => name !== "data"));
    assert.equal(await tryPageOf(root, { ...execution, outcomes }, exported, store), undefined);
  }));
