/** From a model file to a smaller one in one command, as somebody types it. */
import assert from "node:assert/strict";
import { recipe } from "../../../../mod.ts";
import { shrinkCommand } from "../../../../engine/cli/drafts/shrink_command.ts";
import { ops } from "../../../../ops/mod.ts";
import { drafts } from "../../../../ops/drafts/drafts.ts";
import { typing } from "../typed.ts";

/** A folder with a perceptron for irises as tfjs files. */
async function withModel() {
  const here = await typing({}, ops, () => Promise.resolve(drafts));
  const made = await recipe({
    name: "irises",
    data: "iris",
    model: {
      use: "mlp",
      hidden: [24],
      train: { epochs: 30, batch: 8, optimizer: { use: "adam", learning_rate: 0.01 } },
    },
  }).run({ cache: `${here.path}/cache`, kernels: "wasm", threads: 1 });
  await made.model("model").save(`${here.path}/net`);
  return here;
}

const quick = ["--cache", "DIR/cache", "--kernels", "wasm", "--threads", "1", "--out", "DIR/small"];

Deno.test("shrink finds a smaller model, shows the front, and leaves a recipe that verifies", async () => {
  await using here = await withModel();
  const { code, out, err } = await here.decant(
    ...["shrink", "DIR/net/model.json", "--data", "iris", "--within", "10pt", "--for", "packed"],
    ...["--minutes", "5", ...quick],
  );
  assert.equal(code, 0, err + out);
  const [head, columns] = out.split("\n");
  assert.equal(head, "size against accuracy, the trials that no other surpasses in both:");
  assert.match(columns!, /^ +trial +way +result\.bytes +accuracy/);
  // What the search came to is said once, and ways in few words.
  assert.equal(`${out}${err}`.match(/\d+ trials of \d+ points/g)!.length, 1);
  assert.match(err, /^trial 1 {2}way=quantize int8\n/m);
  assert.match(err, /^the search has ended; on test samples:$/m);
  const front = out.split("\n").filter((line) => / [✓✗]$| holds$/.test(line));
  assert.ok(front.length >= 2 && front.every((line) => line.length <= 100), out);
  assert.match(out, /^DIR\/small: recipe\.yaml report\.html/m);
  const report = JSON.parse(await Deno.readTextFile(`${here.path}/small/report.json`));
  const { search, models, result } = report;
  assert.equal(search.ended, "trials", "every way is tried within the time");
  assert.ok(search.trials.length >= 8);
  assert.ok(search.trials.every(({ failed }: { failed?: string }) => failed === undefined));
  const bytes = (of: string) =>
    models.find(({ name }: { name: string }) => name === of).bytes.encoded;
  assert.ok(bytes(result) * 4 < bytes("model"), `${bytes(result)} of ${bytes("model")}`);
  const satisfying = search.trials.filter(({ satisfied }: { satisfied: boolean }) => satisfied);
  const smallest = Math.min(...satisfying.map(({ value }: { value: number }) => value));
  assert.equal(search.trials[search.winner].value, smallest);
  const recipe = await Deno.readTextFile(`${here.path}/small/recipe.yaml`);
  assert.match(recipe, /^# yaml-language-server: \$schema=\.\/decant\.schema\.json\n# Written by/);
  assert.match(recipe, /^ {2}where: result\.accuracy >= model\.accuracy - 5 points$/m);
  const verified = await here.decant(
    ...["verify", "DIR/small/recipe.yaml", "--quiet", "--kernels", "wasm"],
  );
  assert.equal(verified.code, 0, verified.err);
  assert.match(verified.out, new RegExp(`and ${search.trials.length} trials`));
  // Again: all is recalled, and the recipe is written anew.
  const again = await here.decant(
    ...["shrink", "DIR/net/model.json", "--data", "iris", "--within", "10pt", "--for", "packed"],
    ...["--minutes", "5", "--json", ...quick],
  );
  assert.equal(again.code, 0);
  const repeated = JSON.parse(again.out);
  assert.ok(repeated.steps.every(({ status }: { status: string }) => status === "hit"));
});

Deno.test("what shrink cannot take is said before anything runs", async () => {
  await using here = await typing({ "recipe.yaml": "mine" }, ops, () => Promise.resolve(drafts));
  const says = async (...words: string[]) => {
    const { code, err } = await here.decant("shrink", "DIR/x.h5", "--data", "iris", ...words);
    assert.equal(code, 2);
    return err;
  };
  const said = (message: string, help: string) => `decant: ${message}\n     help: ${help}\n`;
  const { targets } = drafts;
  assert.equal(
    await says("--for", "gguf"),
    said(`--for is one of ${targets.join(", ")}; this is "gguf"`, `--for ${targets[0]}`),
  );
  for (const loss of ["much", "1", "-1pt", "101%", "1 %%", "1pts", ".5pt"]) {
    assert.equal(
      await says(`--within=${loss}`),
      said(`--within needs points or percent; this is "${loss}"`, "--within 1pt"),
    );
  }
  for (const minutes of ["0", "-1", "10001", "1e3", "long"]) {
    assert.equal(
      await says(`--minutes=${minutes}`),
      said(`--minutes needs a number above 0; this is "${minutes}"`, "--minutes 10"),
    );
  }
  for (const words of [["--within", "100%"], ["--within", "0.5 points"], ["--minutes", "10000"]]) {
    assert.match(await says(...words), /^decant: "DIR\/x\.h5" is not there\n/);
  }
  for (const folder of ["DIR", "DIR//"]) {
    assert.equal(
      await says("--out", folder),
      said('"DIR/recipe.yaml" is there already', "give another folder: --out DIR"),
    );
  }
  assert.equal(await Deno.readTextFile(`${here.path}/recipe.yaml`), "mine");
  assert.equal(shrinkCommand.operands[0], "MODEL");
});

Deno.test("an accuracy is lost in points", async () => {
  await using here = await withModel();
  const { code, err } = await here.decant(
    ...["shrink", "DIR/net/model.json", "--data", "iris", "--within", "5%", ...quick],
  );
  assert.equal(code, 2);
  assert.match(err, /what may be lost is said of an accuracy in points\n.*--within 1pt/);
});

Deno.test("a way that fails is said, and the best of the others is the result", async () => {
  await using model = await withModel();
  const whole = { op: "quantize", scheme: "int8" };
  const lost = { op: "prune", granularity: "channel", ratio: 0.5 };
  const known = ops.map((op) =>
    op.name === "prune" ? { ...op, run: () => Promise.reject(new RangeError("no way")) } : op
  );
  await using here = await typing({}, known, () =>
    Promise.resolve({
      ...drafts,
      shrink: (found, wishes) => {
        const { search, ...fields } = drafts.shrink(found, wishes);
        return {
          ...fields,
          variables: { way: [whole] },
          search: { ...search as object, over: { way: [[whole], [lost]] }, budget: { trials: 2 } },
        };
      },
    }));
  const { code, out, err } = await here.decant(
    ...["shrink", `${model.path}/net/model.json`, "--data", "iris", "--within", "10pt", ...quick],
  );
  assert.equal(code, 0, err + out);
  assert.match(err, /:\d+:\d+ {2}step-failed {2}`pruned` failed: no way \(trial 2: way=/);
  assert.match(out, /^2 trials of 2 points by grid .*; the best is trial 1/m);
});
