/** Layers replaced one after another: the same as by hand, killed or not; and `match: replaced`. */
import assert from "node:assert/strict";
import { memoryStore, type Recipe, recipe as typed, RecipeError } from "../../../mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { type ModelFacts, ParameterError } from "../../../engine/op.ts";
import { distill } from "../../../ops/distill/distill.ts";
import { factsOf } from "../../../ops/data/dataset.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import type { Model } from "../../../ops/model/model.ts";
import { cnn } from "../../../ops/model/zoo/cnn.ts";
import { mlp } from "../../../ops/model/zoo/mlp.ts";
import { resnet } from "../../../ops/model/zoo/resnet.ts";
import type { ReplaceParams } from "../../../ops/replace/fields.ts";
import { replacedInOrder } from "../../../ops/replace/in_order.ts";
import { replace } from "../../../ops/replace/replace.ts";
import { train } from "../../../ops/learn/train.ts";
import { labelled } from "../labelled.ts";
import { livelyModel } from "../lively_model.ts";
import { modelDigest } from "../model_digest.ts";
import { plainLogits } from "../plain_forward.ts";
import { type Given, runContext } from "../run_context.ts";
import { adam, training } from "../learn/small_trainings.ts";
import { term } from "../learn/terms/support/evaluated.ts";

refuseLeaks(true);

const recipe = typed as unknown as (document: Readonly<Record<string, unknown>>) => Recipe;

const model = livelyModel(
  cnn.build([9, 9, 2], 3, { filters: [4, 6, 6], dense: [], dropout: 0 }),
);
const data = labelled(model, 48);
const config = training({ epochs: 2, batch: 16, optimizer: adam(0.01), seed: 4 });
const short = { ...config, epochs: 1 };
const hinted = { ...config, loss: [term({ use: "hint", match: "replaced" })] };
const params = (more: object = {}): ReplaceParams =>
  ({
    ...{ layers: ["type:conv"], with: { use: "separable" }, order: "forward", init: "fitted" },
    ...{ finetune: config, seed: 4 },
    ...more,
  }) as unknown as ReplaceParams;

async function run(how: ReplaceParams, given: Given = {}) {
  const context = runContext({ referenced: { before: model }, ...given });
  const after = await replace.run({ model, data }, how, context);
  return { after, notes: context.reported.notes };
}

/** One layer, all at once, and a step of its own that trains. */
async function byHand(layers: readonly string[], how: ReplaceParams, taught: boolean) {
  let current = model;
  for (const layer of layers) {
    const { finetune: _, ...cut } = how;
    const one = { ...cut, layers: [layer], order: "together" } as ReplaceParams;
    current = await replace.run({ model: current, data }, one, runContext());
    current = taught
      ? await distill.run(
        { model: current, data, teacher: model, outputs: undefined },
        hinted as never,
        runContext(),
      )
      : await train.run({ model: current, data }, config as never, runContext());
  }
  return current;
}

const forward = ["conv1", "conv2", "conv3"];

Deno.test("forward and backward are steps by hand, to the bit: fitted to what training left, then trained", async () => {
  const [one, other] = [await run(params()), await run(params({ order: "backward" }))];
  assert.equal(modelDigest(one.after), modelDigest(await byHand(forward, params(), false)));
  assert.equal(
    modelDigest(other.after),
    modelDigest(await byHand(forward.toReversed(), params(), false)),
  );
  assert.notEqual(modelDigest(one.after), modelDigest(other.after));
  const order = (notes: typeof one.notes) =>
    (notes.layers as { layer: string }[]).map(({ layer }) => layer);
  assert.deepEqual(order(one.notes), forward);
  assert.deepEqual(order(other.notes), forward.toReversed());
});

Deno.test("each layer has its share of the progress, in order, and its training's own notes", async () => {
  const context = runContext();
  const messages: string[] = [];
  const how = params({ order: "backward" });
  const after = await replacedInOrder({ model, data, finetune: config }, how, {
    ...context,
    progress(fraction, message) {
      context.progress(fraction, message);
      if (message.includes("  ")) messages.push(`${message.split("  ")[0]} ${fraction}`);
    },
  });
  assert.equal(modelDigest(after), modelDigest((await run(how)).after));
  const shares = forward.toReversed().map((layer) =>
    messages.filter((each) => each.startsWith(layer)).map((each) => Number(each.split(" ")[1]))
  );
  shares.forEach((found, index) => {
    assert.ok(found.length > 0);
    assert.ok(found.every((each) => each >= index / 3 && each <= (index + 1) / 3 + 1e-12));
  });
  assert.deepEqual(
    Object.keys(context.reported.notes).sort(),
    Object.keys((await run(how)).notes).sort(),
  );
});

Deno.test("progress says which layer learns; drawn weights have no fit to note", async () => {
  const said: string[] = [];
  const progress = (_: number, message: string) => void said.push(message);
  const fresh = params({ layers: ["conv1", "conv2"], init: "random", finetune: short });
  const { reported, ...context } = runContext();
  await replacedInOrder({ model, data, finetune: short }, fresh, { ...context, progress });
  const learning = said.filter((each) => /epoch/.test(each));
  assert.ok(learning.length > 0, said.join());
  assert.ok(learning.every((each) => /^conv[12] {2}epoch/.test(each)), learning.join());
  const layers = reported.notes.layers as unknown as readonly object[];
  assert.deepEqual(layers.map((each) => Object.keys(each)), [
    ["layer", "before", "after"],
    ["layer", "before", "after"],
  ]);
});

Deno.test("BatchNorm is estimated again behind each block, as by hand", async () => {
  const normed = livelyModel(resnet.build([8, 8, 3], 3, { depth: 8, width: 0.25 }));
  const samples = labelled(normed, 32);
  const layers = ["stage1.block1.conv1", "stage2.block1.conv1"];
  const how = params({ layers, recalibrate: 1, finetune: short });
  const after = await replace.run({ model: normed, data: samples }, how, runContext());
  let current: Model = normed;
  for (const layer of layers) {
    const { finetune: _, ...cut } = how;
    const one = { ...cut, layers: [layer], order: "together" } as ReplaceParams;
    current = await replace.run({ model: current, data: samples }, one, runContext());
    current = await train.run({ model: current, data: samples }, short as never, runContext());
  }
  assert.equal(modelDigest(after), modelDigest(current));
});

Deno.test("a layer that reads one replaced before it is replaced like any other", async () => {
  const dense = livelyModel(mlp.build([9, 9, 2], 3, { hidden: [12, 10], dropout: 0 }));
  const samples = labelled(dense, 48);
  for (const order of ["forward", "backward"] as const) {
    const how = params({ layers: ["dense1", "dense2"], with: { use: "svd", rank: 2 }, order });
    const after = await replace.run({ model: dense, data: samples }, how, runContext());
    let current = dense;
    for (const layer of order === "forward" ? ["dense1", "dense2"] : ["dense2", "dense1"]) {
      const one = { ...how, layers: [layer], order: "together", finetune: undefined };
      const cut = await replace.run(
        { model: current, data: samples },
        one as unknown as ReplaceParams,
        runContext(),
      );
      current = await train.run({ model: cut, data: samples }, config as never, runContext());
    }
    assert.equal(modelDigest(after), modelDigest(current), order);
    assert.deepEqual(
      after.layers.find(({ name }) => name === "dense2.reduce")!.inputs,
      ["dense1.expand"],
    );
  }
});

Deno.test("a hint at what was replaced so far reads more and more layers", async () => {
  const how = params({ finetune: { ...hinted, teacher: "before" } });
  const { after, notes } = await run(how);
  assert.equal(modelDigest(after), modelDigest(await byHand(forward, how, true)));
  assert.deepEqual(after.established.replaced, forward);
  const layers = notes.layers as { layer: string; before: number; after: number }[];
  for (const { layer, before, after } of layers) {
    assert.ok(after < before, `${layer}: ${before} → ${after}`);
  }
  assert.deepEqual(
    Object.keys(notes).filter((name) => name.startsWith("training")),
    ["training-conv1", "training-conv2", "training"],
  );
});

Deno.test("the error inside is that of the values, by a plain interpreter", async () => {
  // What a network says that ends behind the first layer: with nothing replaced before it, its error is that of one block.
  const ends = (of: Model, layer: string): Model => {
    const upTo = of.layers.findIndex(({ name }) => name === layer);
    return { ...of, layers: of.layers.slice(0, upTo + 1), outputs: [layer], head: "none" };
  };
  const { notes } = await run(params({ layers: ["conv1"] }));
  const cut = await replace.run(
    { model, data },
    params({ layers: ["conv1"], order: "together", finetune: undefined }),
    runContext(),
  );
  const { x } = data.parts.train!;
  const size = 9 * 9 * 2;
  let [lost, whole] = [0, 0];
  for (let sample = 0; sample < 48; sample++) {
    const shape = model.inputs[0]!.shape;
    const one = [{
      shape,
      data: Float64Array.from(x.subarray(sample * size, (sample + 1) * size)),
    }];
    const expected = plainLogits(ends(model, "conv1.pool"), one);
    plainLogits(ends(cut, "conv1.pool"), one).forEach((value, i) => {
      lost += (value - expected[i]!) ** 2;
      whole += expected[i]! ** 2;
    });
  }
  const [{ before }] = notes.layers as [{ before: number }];
  assert.ok(Math.abs(before - Math.sqrt(lost / whole)) < 1e-5 * before);
});

for (const at of [0.2, 0.5, 0.9]) {
  Deno.test(`killed at ${at}, it goes on and ends with the same bits and the same notes`, async () => {
    const how = params({ finetune: { ...hinted, teacher: "before" }, recalibrate: 1 });
    const whole = await run(how);
    const stop = new AbortController();
    let state: Uint8Array | undefined;
    await assert.rejects(run(how, {
      signal: stop.signal,
      progress: (done) => done > at && done < 1 && stop.abort(),
      saved: (bytes) => state = bytes,
    }));
    const resumed = await run(how, { resume: state! });
    assert.equal(modelDigest(resumed.after), modelDigest(whole.after));
    assert.deepEqual(resumed.notes, whole.notes);
  });
}

Deno.test("ranks are decided at the start, each block fitted at its turn", async () => {
  const how = params({
    layers: ["conv2", "conv3"],
    with: { use: "tucker", rank: { use: "energy", share: 0.6 } },
  });
  const { after } = await run(how);
  const { after: atOnce } = {
    after: await replace.run(
      { model, data },
      { ...how, order: "together", finetune: undefined } as never,
      runContext(),
    ),
  };
  const shapes = (of: Model) =>
    Object.entries(of.weights).map(([name, { shape }]) => `${name} ${shape}`);
  assert.deepEqual(shapes(after), shapes(atOnce));
});

Deno.test("facts of it are those of the model that is made, and its training is looked at before", async () => {
  const known = { model: modelFacts(model, model), data: factsOf(data.meta) };
  const after = (await run(params())).after;
  assert.deepEqual(
    replace.facts(known, params()),
    modelFacts(after, after),
  );
  const teacher = { "finetune.teacher": { ...known.model, learned: true } };
  const refused = (finetune: object, path: string, message: RegExp, more: object = teacher) =>
    assert.throws(
      () => replace.facts({ ...known, ...more } as never, params({ finetune })),
      (error) => {
        assert.ok(error instanceof ParameterError, String(error));
        assert.equal(error.path, path);
        assert.match(error.message, message);
        return true;
      },
    );
  const taught = { ...hinted, teacher: "before" };
  replace.facts({ ...known, ...teacher } as never, params({ finetune: taught }));
  const small = cnn.build([9, 9, 2], 3, { filters: [4], dense: [], dropout: 0 });
  refused(taught, "finetune.loss.0.match", /"conv2" matches no layer of the teacher/, {
    "finetune.teacher": modelFacts(small, { learned: true, established: {} }),
  });
  const wide = cnn.build([9, 9, 2], 3, { filters: [8, 8, 8], dense: [], dropout: 0 });
  const strict = [term({ use: "hint", match: "replaced", adapt: "none" })];
  refused(
    { ...taught, loss: strict },
    "finetune.loss.0.match",
    /hint: student conv1 gives 4×4×4, teacher conv1 gives 4×4×8/,
    { "finetune.teacher": modelFacts(wide, { learned: true, established: {} }) },
  );
  assert.deepEqual((replace.facts(known, params()) as ModelFacts).replaced, forward);
});

const ground = {
  name: "redesigned",
  data: { use: "digits", limit: 200, split: { validation: 0.1, test: 0.02 } },
  model: {
    use: "cnn",
    filters: [4, 8],
    dense: [],
    train: { epochs: 6, optimizer: { use: "adam", learning_rate: 0.01 } },
  },
};
const block = (loss: unknown, more: object = {}) =>
  recipe({
    ...ground,
    steps: [
      {
        ...{ op: "replace", layers: "type:conv", with: "separable", order: "forward" },
        finetune: { epochs: 1, teacher: "model", loss },
      },
      { op: "distill", teacher: "model", epochs: 1, loss: [{ use: "logits" }], ...more },
    ],
  });

Deno.test("a recipe redesigns block by block, and a later step knows what was replaced", async () => {
  const cache = memoryStore();
  const whole = () =>
    block([{ use: "hint", match: "replaced" }], {
      loss: ["labels", { use: "hint", match: "replaced", teacher: "model" }],
    });
  const run = await whole().run({ cache });
  assert.deepEqual(run.problems, []);
  const steps = run.steps.map(({ name, op }) => `${name} ${op}`);
  assert.ok(steps.includes("replaced replace") && !steps.includes("replaced-cut replace"));
  const again = await whole().run({ cache });
  assert.ok(again.steps.every(({ status }) => status === "hit"));
});

Deno.test("what a recipe's match cannot compare is said at its place", async () => {
  const problems = async (of: () => Recipe) => {
    try {
      return (await of().compile()).diagnostics;
    } catch (error) {
      if (!(error instanceof RecipeError)) throw error;
      return error.diagnostics;
    }
  };
  const shown = async (of: () => Recipe) =>
    (await problems(of)).map(({ code, path }) => `${code} ${path}`);
  assert.deepEqual(await shown(() => block([{ use: "hint", match: "replacd" }])), [
    "unknown-value steps.0.finetune.loss.0.match",
  ]);
  assert.deepEqual(await shown(() => block([{ use: "fsp", match: "replaced" }])), [
    "unknown-value steps.0.finetune.loss.0.match",
  ]);
  const one = { student: "conv1", teacher: "conv9" };
  assert.deepEqual(await shown(() => block([{ use: "hint", match: one }])), [
    "selector-empty steps.0.finetune.loss.0.match.0.teacher",
  ]);
  const nothing = () =>
    recipe({
      ...ground,
      steps: [{
        op: "distill",
        teacher: "model",
        epochs: 1,
        loss: [{ use: "pkt", match: "replaced" }],
      }],
    });
  assert.deepEqual(await shown(nothing), ["missing-input steps.0.loss.0.match"]);
  const bare = () =>
    recipe({
      ...ground,
      replace: { layers: "type:conv", with: "separable", order: "backward" },
    });
  assert.deepEqual(await shown(bare), ["missing-field replace.finetune"]);
});

Deno.test("the finetuning of a quantization or of a gradual pruning is looked at like a distill", async () => {
  const finetune = {
    epochs: 1,
    teacher: "model",
    loss: [{ use: "hint", match: { student: "conv1", teacher: "conv2" }, adapt: "none" }],
  };
  const gone = {
    ...finetune,
    loss: [{ use: "pkt", match: { student: "conv1", teacher: "conv7" } }],
  };
  const stages = (block: unknown) => ({
    quantize: { scheme: "int8", finetune: block },
    prune: {
      granularity: "weight",
      ratio: { use: "cubic", start: 0, end: 0.5 },
      finetune: block,
    },
  });
  for (
    const [block, code, side] of [
      [finetune, "shape-mismatch", ""],
      [gone, "selector-empty", ".teacher"],
    ] as const
  ) {
    for (const [name, stage] of Object.entries(stages(block))) {
      await assert.rejects(
        () => recipe({ ...ground, [name]: stage }).compile(),
        (error) => {
          assert.ok(error instanceof RecipeError);
          assert.deepEqual(
            error.diagnostics.map(({ code, path }) => `${code} ${path}`),
            [`${code} ${name}.finetune.loss.0.match.0${side}`],
          );
          return true;
        },
      );
    }
  }
});
