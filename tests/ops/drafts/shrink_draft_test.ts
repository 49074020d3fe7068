import assert from "node:assert/strict";
import { shippedOps } from "../../../engine/api/language.ts";
import type { Found, ShrinkWishes } from "../../../engine/recipe/words/drafts.ts";
import { recipeOf } from "../../../engine/library/open_recipe.ts";
import { drafts } from "../../../ops/drafts/drafts.ts";
import { shrinkDraft } from "../../../ops/drafts/shrink_draft.ts";
import type { Architecture, Model } from "../../../ops/model/model.ts";
import { mlp } from "../../../ops/model/zoo/mlp.ts";
import { zooNetworks } from "../zoo_networks.ts";

function found(structure: Architecture, rest: Partial<Model> = {}): Found {
  const model: Model = {
    ...structure,
    weights: {},
    preprocess: null,
    classes: [],
    established: {},
    learned: true,
    quantization: null,
    ...rest,
  };
  const metrics = { samples: 250, metrics: {} } as unknown as Found["metrics"];
  return { from: "./net.h5", model, data: { use: "digits" }, metrics, doubts: [] };
}

const wishes: ShrinkWishes = { target: "tfjs", minutes: 10 };

interface Step {
  readonly op: string;
  readonly ratio?: number;
  readonly epochs?: number;
  readonly finetune?: {
    readonly epochs: number;
    readonly augment?: unknown;
    readonly loss?: unknown;
    readonly teacher?: string;
  };
}

interface Draft {
  readonly steps: string;
  readonly export: string;
  readonly expect: string;
  readonly search: {
    readonly over: { readonly way: readonly (readonly Step[])[] };
    readonly where: string;
    readonly budget: { readonly trials: number; readonly time: string };
  };
}

const draftOf = (of: Found, asked: Partial<ShrinkWishes> = {}) =>
  shrinkDraft(of, { ...wishes, ...asked }) as unknown as Draft;

/** The first training of a search. */
const trained = (draft: Draft) =>
  draft.search.over.way.flatMap((steps) => steps.flatMap(({ finetune }) => finetune ?? []))[0]!;

const ways = (draft: Draft) =>
  draft.search.over.way.map((steps) =>
    steps.map(({ op, ratio }) => ratio === undefined ? op : `${op} ${ratio}`).join(" ")
  );

Deno.test("every format's search passes as a recipe for every network of the zoo that is searched", async () => {
  for (const target of drafts.targets) {
    for (const name of ["mlp", "resnet", "text-cnn", "char-lstm"]) {
      const draft = shrinkDraft(found(zooNetworks[name]!), { target, minutes: 2 });
      const recipe = recipeOf({ name: "shrink", ...draft }, "./", shippedOps());
      const { search } = (await recipe.compile()).recipe;
      assert.deepEqual(search!.budget, { trials: search!.space[0]!.count, seconds: 120 });
    }
  }
});

Deno.test("int8 comes first, then cuts, then a student; clusters where they are stored", () => {
  const resnet = found(zooNetworks.resnet!);
  const cuts = [0.03125, 0.0625, 0.125, 0.25, 0.5, 0.1875, 0.375, 0.75].map((ratio) =>
    `prune ${ratio} quantize`
  );
  const onnx = ways(draftOf(resnet, { target: "onnx" }));
  assert.deepEqual(onnx, ["quantize", ...cuts, "model distill quantize"]);
  // A scale for each channel is a layer of its own in tfjs: one for all is tried before it.
  const tfjs = draftOf(resnet);
  assert.deepEqual(ways(tfjs), onnx.flatMap((way) => [way, way]));
  for (const [index, way] of tfjs.search.over.way.entries()) {
    const { op: _, scheme: __, ...how } = way.at(-1) as object & { op: string; scheme?: string };
    const corrected = { ["bias_correction"]: "measured" };
    const shared = { granularity: "tensor", equalize: "cross-layer", ...corrected };
    assert.deepEqual(how, index % 2 === 0 ? shared : corrected);
  }
  const packed = ways(draftOf(resnet, { target: "packed" }));
  assert.deepEqual(packed.slice(0, 4), Array.from({ length: 4 }, () => "quantize"));
  assert.deepEqual(packed.slice(4, 8), [cuts[0], cuts[1], "cluster", "cluster"]);
  assert.ok(packed.includes("prune 0.03125 cluster"));
  const whole = { target: "onnx" };
  assert.deepEqual(ways(draftOf(found(zooNetworks["char-lstm"]!), whole)), ["quantize"]);
  const small = ways(draftOf(found(zooNetworks.mlp!), whole));
  // 139 / 8 / (7 + 3 + 1) is 1.6: too few units for a student.
  assert.deepEqual(small, ["quantize", ...cuts]);
});

Deno.test("a trial may lose half of what the result may, in points or in percent of an error", () => {
  const classes = draftOf(found(zooNetworks.mlp!));
  assert.equal(classes.search.where, "result.accuracy >= model.accuracy - 0.5 points");
  assert.equal(classes.expect, "result.accuracy >= model.accuracy - 1 point");
  const two = draftOf(found(zooNetworks.mlp!), { within: { amount: 2, unit: "points" } });
  assert.equal(two.search.where, "result.accuracy >= model.accuracy - 1 point");
  assert.equal(two.expect, "result.accuracy >= model.accuracy - 2 points");
  const network = zooNetworks.mlp!;
  const layers = network.layers.map((layer) =>
    layer.name === network.outputs[0] ? { ...layer, units: 1 } as typeof layer : layer
  );
  const numbers = found({ ...network, layers, head: "none" });
  assert.equal(draftOf(numbers).expect, "result.mae <= model.mae * 1.05");
  assert.equal(draftOf(numbers).search.where, "result.mae <= model.mae * 1.025");
  assert.throws(() => draftOf(numbers, { within: { amount: 1, unit: "points" } }), {
    ...{ code: "usage", message: "what may be lost is said of an error in percent of it" },
    help: "--within 5%",
  });
  assert.throws(() => draftOf(found(network), { within: { amount: 1, unit: "percent" } }), {
    ...{ code: "usage", message: "what may be lost is said of an accuracy in points" },
    help: "--within 1pt",
  });
});

Deno.test("more minutes are more epochs, between two and twenty, and only of the recipe's own numbers", () => {
  const resnet = found(zooNetworks.resnet!);
  const epochs = (minutes: number, of = resnet) => trained(draftOf(of, { minutes })).epochs;
  assert.equal(epochs(0.001), 2);
  assert.equal(epochs(1000), 20);
  const some = [0.1, 0.2, 0.5, 1].map((minutes) => epochs(minutes));
  assert.deepEqual(some, some.toSorted((a, b) => a - b));
  assert.ok(trained(draftOf(resnet)).augment !== undefined);
  assert.ok(!("augment" in trained(draftOf(found(zooNetworks.mlp!)))));
});

Deno.test("a thousand samples and more choose between trials as the data divide them", () => {
  const data = (samples: number) =>
    shrinkDraft({ ...found(zooNetworks.mlp!), metrics: { metrics: {}, samples } }, wishes).data;
  assert.deepEqual(data(1000), { use: "digits" });
  assert.deepEqual(data(999), { use: "digits", split: { validation: 0.25 } });
});

Deno.test("what answers a number learns from labels alone", () => {
  const { layers, ...network } = zooNetworks.mlp!;
  const single = layers.map((layer) =>
    layer.name === network.outputs[0] ? { ...layer, units: 1 } as typeof layer : layer
  );
  const draft = draftOf(found({ ...network, layers: single, head: "none" }));
  assert.ok(!("teacher" in trained(draft)) && !("loss" in trained(draft)));
});

Deno.test("the draft for a small mlp and two minutes is this search, field by field", () => {
  // One hidden layer: the only group of channels, and too few parameters for a student.
  const net = found(mlp.build([7], 3, { hidden: [8], dropout: 0 }));
  const draft = shrinkDraft({ ...net, metrics: { metrics: {} } }, { target: "tflite", minutes: 2 });
  const finetune = {
    epochs: 20,
    batch: 32,
    optimizer: { use: "adam", learning_rate: { use: "cosine", start: 0.002, end: 0 } },
    loss: [{ use: "labels", weight: 0.1 }, { use: "soft-targets", weight: 0.9, temperature: 4 }],
    teacher: "model",
  };
  const integers = {
    ...{ op: "quantize", scheme: "int8", rules: "tflite" },
    ["bias_correction"]: "measured",
  };
  const shared = { ...integers, granularity: "tensor", equalize: "cross-layer" };
  const both = (steps: readonly object[]) => [[...steps, shared], [...steps, integers]];
  const cut = (ratio: number) => [
    { op: "prune", granularity: "channel", criterion: "taylor", scope: "global", ratio, finetune },
  ];
  assert.deepEqual(draft, {
    data: { use: "digits", split: { validation: 0.25 } },
    model: { from: "./net.h5" },
    variables: { way: [shared] },
    steps: "$way",
    export: "tflite",
    search: {
      over: {
        way: [
          ...both([]),
          ...[0.03125, 0.0625, 0.125, 0.25, 0.5, 0.1875, 0.375, 0.75].flatMap((ratio) =>
            both(cut(ratio))
          ),
        ],
      },
      minimize: "result.bytes",
      where: "result.accuracy >= model.accuracy - 0.5 points",
      budget: { trials: 18, time: "2 min" },
      strategy: "grid",
    },
    expect: "result.accuracy >= model.accuracy - 1 point",
  });
});

Deno.test("the ways of a format that stores codes, written out", () => {
  const draft = draftOf(found(zooNetworks.resnet!), { target: "packed", minutes: 1000 });
  const said = draft.search.over.way.map((steps) =>
    steps.map((step) => {
      const { op, scheme, ratio, clusters, as: name } = step as unknown as Record<string, string>;
      return [op, scheme ?? ratio ?? clusters ?? name].filter((word) => word !== undefined).join(
        " ",
      );
    }).join(", ")
  );
  assert.deepEqual(said, [
    ...["quantize int8", "quantize int6", "quantize int5", "quantize int4"],
    ...["prune 0.03125, quantize int8", "prune 0.0625, quantize int8", "cluster 32", "cluster 16"],
    ...[
      "prune 0.125, quantize int8",
      "prune 0.25, quantize int8",
      "prune 0.5, quantize int8",
      "prune 0.1875, quantize int8",
    ],
    ...["prune 0.375, quantize int8", "prune 0.75, quantize int8"],
    ...["prune 0.03125, cluster 16", "prune 0.0625, cluster 16"],
    "model student, distill, quantize int8",
  ]);
  const training = {
    epochs: 20,
    batch: 32,
    optimizer: { use: "adam", learning_rate: { use: "cosine", start: 0.002, end: 0 } },
    augment: { use: "shift", pixels: 1 },
  };
  const [student, distill] = draft.search.over.way.at(-1)! as unknown as [object, object];
  // The network has 14 layers of a quarter of the width, and one of 8 has less than half of its parameters.
  assert.deepEqual(student, { op: "model", as: "student", use: "resnet", depth: 8, width: 0.25 });
  assert.deepEqual(distill, { op: "distill", model: "student", teacher: "model", ...training });
  const loss = trained(draft).loss;
  assert.deepEqual(draft.search.over.way[6], [
    { op: "cluster", clusters: 32, finetune: { ...training, loss, teacher: "model" } },
  ]);
});

Deno.test("as many epochs as a twelfth of the time holds, at 2e10 multiplications a second", () => {
  const net = found(zooNetworks.mlp!);
  // 122 MACs and a million for a sample, three passes, 8 · 250 samples: 6.000732e9 an epoch.
  const epochs = (minutes: number) => trained(draftOf(net, { minutes })).epochs;
  const minutes = (epochs: number) => epochs * 3 * (122 + 1e6) * 8 * 250 * 12 / 2e10 / 60;
  for (const count of [3, 10, 19]) {
    assert.equal(epochs(minutes(count) * (1 + 1e-12)), count);
    assert.equal(epochs(minutes(count) * (1 - 1e-12)), count - 1);
  }
});

Deno.test("pictures shift by a sixteenth of their smaller side, at least by a pixel", () => {
  const pixels = (height: number, width: number) => {
    const { layers, ...network } = zooNetworks.resnet!;
    const inputs = [{ ...network.inputs[0]!, shape: [height, width, 3] }];
    const draft = draftOf(found({ ...network, layers, inputs }));
    const { augment } = trained(draft);
    return (augment as { readonly pixels: number }).pixels;
  };
  assert.deepEqual([pixels(8, 8), pixels(64, 40), pixels(40, 64), pixels(64, 64)], [1, 3, 3, 4]);
});

Deno.test("nothing is searched for a model that guesses", () => {
  const guessing = { ...found(zooNetworks.mlp!), guesses: true } as const;
  assert.throws(() => shrinkDraft(guessing, wishes), {
    ...{ code: "at-chance", message: /^the model answers no better than by guessing/ },
    help: /^decant new --model/,
  });
});
