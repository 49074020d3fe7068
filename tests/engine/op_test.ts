import assert from "node:assert/strict";
import {
  datasetKind,
  defineOp,
  input,
  memoryStore,
  modelKind,
  ops,
  type Preimage,
  type Run,
  type Store,
  Type,
  withOps,
} from "../../mod.ts";
import { canonicalBytes, digestOf } from "../../engine/digest.ts";
import { opsCommand } from "../../engine/cli/words/ops_command.ts";
import { type AnyOp, opSet, ownOp } from "../../engine/op.ts";

const halved = (version = 1) =>
  defineOp({
    name: "halve",
    version,
    summary: "Halves the weights of a dense layer",
    inputs: { model: input(modelKind, "Is halved") },
    output: modelKind,
    numerics: "none",
    params: Type.Object({}),
    example: {},
    run: ({ model }) => ({
      ...model,
      weights: Object.fromEntries(
        Object.entries(model.weights).map(([name, weight]) => [
          name,
          { ...weight, data: (weight.data as Float32Array).map((value) => value / 2) },
        ]),
      ),
    }),
  });

const steps = [
  { op: "data", use: "digits", limit: 64 },
  { op: "model", as: "student", use: "mlp", hidden: [8] },
  { op: "train", model: "student", epochs: 1 },
  { op: "halve", model: "trained" },
  { op: "prune", model: "halve", granularity: "channel", ratio: 0.25 },
  { op: "quantize", model: "pruned", scheme: "int8" },
];

const recipeWith = (op: AnyOp) =>
  withOps([...ops, op]).recipe({ name: "own", steps, expect: ["result.bytes <= 1 MB"] } as never);

const statuses = ({ steps }: Run): Record<string, string> =>
  Object.fromEntries(steps.map(({ name, status }) => [name, status]));

Deno.test("an op of one's own that makes a model and states no facts is checked, planned and run", async () => {
  const recipe = recipeWith(halved());
  const graph = await recipe.compile();
  assert.equal(graph.node("pruned")?.waits, "halve", "its shapes are open until then");
  const cache = memoryStore();
  const run = await recipe.run({ cache });
  assert.equal(run.ending, "done", JSON.stringify(run.problems));
  assert.ok(run.model("halve").layers.length > 0);
  assert.deepEqual(
    (await recipe.plan({ cache })).steps.filter(({ state }) => state !== "hit"),
    [],
    "what a run has shown is known to the plan after it",
  );
});

Deno.test("an op of one's own that makes data and states no facts has no task until it ran", async () => {
  const mine = defineOp({
    name: "first",
    version: 1,
    summary: "Passes data on with the classes named",
    inputs: { data: input(datasetKind, "Are passed on") },
    output: datasetKind,
    numerics: "none",
    params: Type.Object({}),
    example: {},
    run: ({ data }) => ({ ...data, meta: { ...data.meta, classes: [..."abcdefghij"] } }),
  });
  const { recipe } = withOps([...ops, mine]);
  const measured = (metric: string) =>
    recipe({
      name: "own",
      steps: [
        { op: "data", use: "digits", limit: 64 },
        { op: "first", data: "data" },
        { op: "model", as: "student", use: "mlp", hidden: [8], input: [28, 28, 1], outputs: 10 },
        { op: "train", model: "student", data: "first", epochs: 1 },
        { op: "evaluate", model: "trained", data: "first", metrics: [metric] },
      ],
    } as never);
  const right = await measured("accuracy").compile();
  assert.deepEqual(right.diagnostics, []);
  const { ending, problems } = await measured("mae").run({ cache: memoryStore() });
  assert.equal(ending, "recipe");
  assert.match(problems[0]!.message, /`mae` says nothing about classification/);
});

/** The key of the step `halve`, and what is in it. */
async function keyed(op: AnyOp, cache: Store) {
  const { steps } = await recipeWith(op).plan({ cache });
  const step = steps.find(({ node }) => node.step.name === "halve")!;
  assert.notEqual(step.state, "unknown");
  return step as { readonly key: string; readonly preimage: Preimage };
}

Deno.test("a changed function of an op of one's own is another step, as another version is", async () => {
  const cache = memoryStore();
  await recipeWith(halved()).run({ cache });
  const first = await keyed(halved(), cache);
  assert.equal(first.key, (await keyed(halved(), cache)).key, "the same text is the same step");
  assert.notEqual(first.key, (await keyed(halved(2), cache)).key);
  const changed = defineOp({ ...halved(), run: ({ model }) => model });
  const { key, preimage } = await keyed(changed, cache);
  assert.notEqual(key, first.key);
  assert.equal(preimage.version, first.preimage.version);
  assert.notEqual(preimage.code, first.preimage.code);
  const again = await recipeWith(changed).run({ cache });
  assert.equal(statuses(again).halve, "ran");
  assert.equal(statuses(again).trained, "hit");
});

Deno.test("what came with Decant has no code in its keys; an op of one's own, and a changed copy, has", async () => {
  const copied = ops.map((op): AnyOp => op.name === "train" ? { ...op, alsoCalled: [] } : op);
  const { recipe } = withOps([...copied, halved()]);
  const { nodes } = await recipe({ name: "own", steps } as never).compile();
  const coded = nodes.filter(({ op }) => op.code !== undefined).map(({ step }) => step.name);
  assert.deepEqual(coded, ["trained", "halve"]);
});

Deno.test("the code of an op is the text of its own functions, and of none that it left out", () => {
  const { run } = halved();
  const code = digestOf(canonicalBytes({ run: String(run), inputs: { model: {} } }));
  assert.equal(ownOp(halved()).code, code);
});

Deno.test("what an op says of its place in recipes is no part of what it computes", () => {
  const placed = defineOp({
    ...halved(),
    stage: { after: "distill" },
    makes: () => "half",
    trainsInside: () => true,
    summaryOf: () => "by 2",
  });
  assert.equal(ownOp(placed).code, ownOp(halved()).code);
});

Deno.test("an op that says nothing of its place is a step that is called as it is", () => {
  const { stage, makes, learns, refusedAfter, unwiseAfter, alsoCalled, ...op } = halved();
  assert.deepEqual({ stage, makes, learns, refusedAfter, unwiseAfter, alsoCalled }, {
    stage: undefined,
    makes: "halve",
    learns: false,
    refusedAfter: [],
    unwiseAfter: [],
    alsoCalled: [],
  });
  assert.equal(op.trainsInside({}), false);
  assert.equal(op.summaryOf({ use: "no choice" }), "");
  assert.equal(op.inputs.model.learned, false);
  const chosen = opSet(ops);
  assert.equal(chosen.get("data")!.summaryOf({ use: "digits" }), "digits");
  assert.equal(chosen.get("data")!.summaryOf({ from: "./x" }), "");
  assert.equal(chosen.get("prune")!.summaryOf({ granularity: "weight", ratio: 0.9 }), "weight 0.9");
  assert.equal(chosen.get("train")!.summaryOf({ epochs: 1 }), "1 epoch");
});

Deno.test("help says of an op of one's own what its keys hold, and of no other", async () => {
  const said = async (...list: AnyOp[]): Promise<string> => {
    let text = "";
    const terminal = { out: (more: string) => void (text += more) } as never;
    const [op] = list;
    const recipe = () => Promise.reject(new Error("none is read"));
    await opsCommand.run({ ops: opSet(list), terminal, operands: [op!.name], options: {}, recipe });
    return text;
  };
  const own = ownOp(halved());
  assert.match(await said(own), /a change behind an import needs another version/);
  assert.doesNotMatch(await said(ops[0]), /behind an import/);
});

Deno.test("an input that is no `input` is refused where the op is defined, with what to say", () => {
  const inputs = { model: modelKind } as never;
  assert.throws(() => defineOp({ ...halved(), inputs }), (error) => {
    assert.ok(error instanceof TypeError);
    assert.equal(
      error.message,
      'Cannot define the op "halve": its input `model` is not declared by `input`; say ' +
        'model: input(modelKind, "what the op does with it")',
    );
    return true;
  });
  assert.throws(
    () => defineOp({ ...halved(), inputs: { of: undefined } as never }),
    /input `of` is not declared/,
  );
});
