/** The library as it is imported: recipes in TypeScript, from files, with ops of one's own, and their command line. */
import assert from "node:assert/strict";
import { fromFileUrl } from "./architecture/imports.ts";
import { type AnyOp, load, memoryStore, ops, recipe, show, withOps } from "../mod.ts";
import { originOf } from "../engine/library/runnable.ts";
import { fakeOps } from "./engine/run/support/fake.ts";

const PETALS = {
  name: "petals",
  data: "iris",
  model: { use: "mlp", hidden: [4], train: { epochs: 1 } },
} as const;

/** What is written on standard output meanwhile. */
async function printed(body: () => Promise<unknown>): Promise<string> {
  const { writeSync } = Deno.stdout;
  let said = "";
  try {
    Deno.stdout.writeSync = (bytes) => {
      said += new TextDecoder().decode(bytes);
      return bytes.length;
    };
    await body();
  } finally {
    Object.assign(Deno.stdout, { writeSync });
  }
  return said;
}

Deno.test("a recipe in a module resolves against it, one without against the working directory", () => {
  const url = "file:///there/petals.ts";
  const inModule = recipe({ url }, PETALS);
  assert.deepEqual([inModule.source, inModule.expand().base], [url, "file:///there/"]);
  const alone = recipe(PETALS);
  assert.deepEqual([alone.source, alone.expand().base], [undefined, `${Deno.cwd()}/`]);
  const steps = (of: typeof alone) => of.expand().steps;
  assert.deepEqual(steps(inModule), steps(alone));
});

Deno.test("a recipe is loaded from a file with the ops that Decant has", async () => {
  const path = fromFileUrl("recipes/digits.yaml").pathname;
  const loaded = await load(path);
  assert.deepEqual([loaded.name, originOf(loaded)!.source], ["digits", path]);
  await assert.rejects(load(path, { sha256: "0".repeat(64) }), /is not what its pin says/);
});

Deno.test("ops of one's own stand beside those that Decant has, and are told apart by where they are", async () => {
  const { constant } = fakeOps();
  const own = withOps<readonly AnyOp[]>([...ops, constant]);
  const graph = await own.recipe({ name: "n", steps: [{ op: "constant", as: "one", value: 1 }] })
    .compile();
  const [node] = graph.nodes;
  assert.ok(node!.op.code !== undefined, "its functions are in its key");
  const [data] = (await recipe(PETALS).compile()).nodes;
  assert.deepEqual([data!.op.code, data!.op.module], [
    undefined,
    new URL("../ops/mod.ts", import.meta.url).href,
  ]);
});

Deno.test("a value is shown as text where there is no notebook", async () => {
  const plan = await recipe(PETALS).plan({ cache: memoryStore() });
  assert.match(
    await printed(() => show(plan)),
    /^step +op[^]*2 would run, 2 unknown until then\.\n$/,
  );
});

Deno.test("the command line of a recipe ends the process with its exit code", async () => {
  const { exit } = Deno;
  const own = withOps<readonly AnyOp[]>(Object.values(fakeOps()));
  const mine = own.recipe({ name: "n", steps: [{ op: "constant", as: "one", value: 1 }] });
  const codes: unknown[] = [];
  const end = new Error("the process ends");
  try {
    Deno.exit = (code) => {
      codes.push(code);
      throw end;
    };
    const said = await printed(() => assert.rejects(own.main(mine, ["check"]), end));
    assert.equal(said, "n: 1 steps, nothing wrong.\n");
  } finally {
    Deno.exit = exit;
  }
  assert.deepEqual(codes, [0]);
});
