/** What is wrong with a recipe in TypeScript, where its module is imported. */
import assert from "node:assert/strict";
import { reportUncaught } from "../../../engine/cli/uncaught.ts";
import { RecipeError } from "../../../engine/error.ts";

const MOD = new URL("../../../mod.ts", import.meta.url).href;

const WRONG =
  `{ name: "wrong", data: "iris", model: { use: "mlp", hidden: [4], train: { epoch: 1 } } }`;

async function deno(script: string, ...words: string[]) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/recipe.ts`, script);
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--cached-only", `${folder}/recipe.ts`, ...words],
      env: { NO_COLOR: "1" },
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, out: text(stdout), err: text(stderr) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const module = (value: string) =>
  `import { main, recipe } from "${MOD}";
const it = recipe(import.meta, ${value});
if (import.meta.main) await main(it);
`;

Deno.test("a wrong recipe in TypeScript is a diagnosis and exit code 2, no stack trace", async () => {
  const { code, out, err } = await deno(module(WRONG), "run");
  assert.equal(code, 2);
  assert.equal(out, "");
  assert.equal(
    err,
    "model.train.epoch  unknown-field  \`train\` has no field \`epoch\`\n" +
      "     help: did you mean epochs?\n\n1 problem. Nothing has run.\n",
  );
  const json = await deno(module(WRONG), "check", "--json");
  assert.equal(json.code, 2);
  const { ok, problems } = JSON.parse(json.out);
  assert.deepEqual([ok, problems.length, problems[0].place], [false, 1, {
    path: "model.train.epoch",
  }]);
});

Deno.test("a module that catches the error goes on, and other errors are Deno's", async () => {
  const caught = await deno(
    `import { recipe } from "${MOD}";
try { recipe(import.meta, ${WRONG}); } catch { console.log("caught"); }
await new Promise((done) => setTimeout(done, 10));
console.log("on");
`,
  );
  assert.deepEqual([caught.code, caught.out], [0, "caught\non\n"]);
  const other = await deno(
    `import { recipe } from "${MOD}";
try { recipe(import.meta, ${WRONG}); } catch { throw new Error("mine"); }
`,
  );
  assert.equal(other.code, 1);
  assert.match(other.err, /Error: mine/);
});

Deno.test("two definitions of one name are a sentence and exit code 2, no stack trace", async () => {
  const { code, out, err } = await deno(
    `import { defineMetric, language } from "${MOD}";
const mine = defineMetric({
  name: "accuracy", version: 1, dimension: "fraction", better: "more", tasks: [], of: () => 1,
});
language({ metrics: [mine] });
`,
  );
  assert.deepEqual([code, out], [2, ""]);
  assert.equal(
    err,
    'decant: Cannot list two metrics named "accuracy"\n     help: give yours another name\n',
  );
});

Deno.test("what is thrown is thrown on; uncaught, it is said and ends the process, and no other error is", () => {
  assert.equal(reportUncaught(() => 3), 3);
  const wrong = new RecipeError([{ code: "order", severity: "error", message: "no", path: "x" }]);
  const thrown = (error: unknown) => () =>
    reportUncaught(() => {
      throw error;
    });
  const other = new Error("mine");
  for (const error of [wrong, wrong, other]) assert.throws(thrown(error), error);
  const { exit, stderr } = Deno;
  const { writeSync } = stderr;
  const exits: unknown[] = [];
  let said = "";
  /** Whether the process goes on after nobody has caught this. */
  const uncaught = (reason: unknown): boolean =>
    dispatchEvent(
      new PromiseRejectionEvent("unhandledrejection", {
        promise: Promise.resolve(),
        reason,
        cancelable: true,
      }),
    );
  try {
    Deno.exit = ((code: number) => void exits.push(code)) as typeof exit;
    stderr.writeSync = (bytes) => {
      said += new TextDecoder().decode(bytes);
      return bytes.length;
    };
    assert.equal(uncaught(wrong), false);
    assert.deepEqual(exits, [2]);
    for (const reason of [other, new RecipeError(wrong.diagnostics)]) {
      assert.equal(uncaught(reason), true);
    }
  } finally {
    Deno.exit = exit;
    Object.assign(stderr, { writeSync });
  }
  assert.deepEqual(exits, [2]);
  assert.equal(said, "x  order  no\n\n1 problem. Nothing has run.\n");
});
