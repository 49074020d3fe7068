/**
 * Steps in every order: what was established holds after each, or the step that broke it is named; an order that works
 * against itself is warned of with the reason, one that cannot work is refused before anything runs.
 */
import assert from "node:assert/strict";
import { memoryStore, RecipeError, type Run } from "../../mod.ts";
import type { Model } from "../../ops/model/model.ts";
import { decodePacked } from "../../ops/formats/packed/packed.ts";
import { decodeWeight } from "../../ops/model/weights.ts";
import { recipe, type Value } from "./support/small.ts";

const cache = memoryStore();
const ground = {
  name: "mix",
  data: { use: "digits", limit: 300, split: { validation: 0.1, test: 0.02 } },
  model: { use: "cnn", filters: [4, 8], dense: [16], train: { epochs: 2 } },
};
const finetune = { epochs: 1 };
const prune = { op: "prune", granularity: "weight", ratio: 0.5 };
const thin = { op: "prune", granularity: "channel", ratio: 0.5 };
const cluster = { op: "cluster", clusters: 8 };
const quantize = { op: "quantize", scheme: "int8", granularity: "tensor" };
const replace = { op: "replace", layers: "conv2", with: "separable" };
const train = { op: "train", epochs: 1 };

const mix = (steps: readonly Value[], more: Value = {}) => recipe({ ...ground, steps, ...more });

/** Runs, and returns what `compile` had warned of. */
async function mixed(steps: readonly Value[], more: Value = {}) {
  const own = mix(steps, more);
  const { diagnostics } = await own.compile();
  const warned = diagnostics.filter(({ severity }) => severity === "warning")
    .map(({ message }) => message);
  return { run: await own.run({ cache }), warned };
}

function assertDone(run: Run): void {
  assert.deepEqual(run.problems, []);
  assert.equal(run.ending, "done");
}

const unwise: Readonly<Record<string, readonly [Value[], string]>> = {
  "pruning weights that share values": [
    [cluster, prune],
    "`pruned` stands after `clustered`: the shared values were chosen for the weights that now go",
  ],
  "pruning channels of weights that share values": [
    [cluster, thin],
    "`pruned` stands after `clustered`: the shared values were chosen for the weights that now go",
  ],
  "pruning integers": [
    [quantize, prune],
    "`pruned` stands after `quantized`: the integers and their scales were chosen for the weights that now go",
  ],
  "pruning channels of integers": [
    [quantize, thin],
    "`pruned` stands after `quantized`: the integers and their scales were chosen for the weights that now go",
  ],
  "replacing what was pruned": [
    [prune, replace],
    "`replaced` stands after `pruned`: the new blocks are dense: what pruning removed in the old ones is forgotten",
  ],
  "replacing what has lost channels": [
    [thin, replace],
    "`replaced` stands after `pruned`: the new blocks are dense: what pruning removed in the old ones is forgotten",
  ],
};

for (const [name, [steps, reason]] of Object.entries(unwise)) {
  Deno.test(`unwise, and done all the same with the reason: ${name}`, async () => {
    const { run, warned } = await mixed(steps);
    assert.deepEqual(warned, [reason]);
    assertDone(run);
  });
}

const impossible: Readonly<Record<string, readonly [Value[], RegExp, string]>> = {
  "training integers": [[quantize, train], /a quantized model cannot be trained/, "steps.1.model"],
  "finetuning integers after a cut": [
    [quantize, { ...prune, finetune }],
    /a quantized model cannot be trained/,
    "steps.1.finetune.model",
  ],
  "quantizing twice": [
    [quantize, { ...quantize, as: "again" }],
    /quantized already, and its format has to stay/,
    "steps.1.scheme",
  ],
  "sharing values of integers": [
    [quantize, cluster],
    /shared values would be no integers of its format/,
    "steps.1.model",
  ],
  "a scale per channel for shared values": [
    [cluster, { ...quantize, granularity: "channel" }],
    /each channel would round the values that a layer shares by its own scale/,
    "steps.1.granularity",
  ],
  "equalizing channels of shared values": [
    [cluster, { ...quantize, equalize: "cross-layer" }],
    /`cross-layer` scales channels apart/,
    "steps.1.equalize",
  ],
};

for (const [name, [steps, reason, path]] of Object.entries(impossible)) {
  Deno.test(`refused before anything runs: ${name}`, async () => {
    await assert.rejects(() => mix(steps).compile(), (error: unknown) => {
      assert.ok(error instanceof RecipeError);
      const found = error.diagnostics.filter(({ severity }) => severity === "error");
      assert.equal(found.length, 1);
      assert.match(found[0]!.message, reason);
      assert.equal(found[0]!.path, path);
      assert.ok(found[0]!.help, "a way out");
      return true;
    });
  });
}

Deno.test("folding BatchNorm into shared values is refused, and without it they stay shared", async () => {
  const model = { use: "mobilenet-v1", depth: 2, width: 0.25, train: { epochs: 1 } };
  await assert.rejects(
    () => mix([cluster, quantize], { model }).compile(),
    /folding BatchNorm scales channels apart/,
  );
  const { run } = await mixed([cluster, { ...quantize, fold: "none" }], { model });
  assertDone(run);
});

/** A model's kernels as numbers, by layer. */
const kernels = ({ weights }: Pick<Model, "weights">) =>
  Object.entries(weights).filter(([name]) => name.endsWith("/kernel"))
    .map(([name, weight]) => [name, decodeWeight(weight)] as const);

Deno.test("pruned, clustered, quantized and packed: the file has the zeros, the shared values and the integers", async () => {
  const out = await Deno.makeTempDir();
  try {
    const steps = [{ ...prune, finetune }, { ...cluster, finetune }, quantize];
    const own = mix(steps, {
      export: "packed",
      expect: ["result.nonzero <= model.nonzero * 0.52"],
    });
    const run = await own.run({ cache, out });
    assertDone(run);
    assert.ok(run.ok, JSON.stringify(run.expect));
    const decoded = decodePacked(await Deno.readFile(`${out}/packed/model.packed`));
    let [zeros, all] = [0, 0];
    for (const [name, values] of kernels(decoded)) {
      assert.equal(decoded.weights[name]!.encoding.use, "affine", name);
      // Eight clusters, and the zeros that pruning left.
      assert.ok(new Set(values).size <= 9, `${name}: ${new Set(values).size} values`);
      zeros += values.filter((value) => value === 0).length;
      all += values.length;
    }
    assert.ok(zeros >= all / 2, `${zeros} of ${all}`);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});

Deno.test("weights that share values and are pruned afterwards share them, and zeros, through a training", async () => {
  const out = await Deno.makeTempDir();
  try {
    const own = mix([cluster, { ...prune, finetune }], { export: "packed" });
    assertDone(await own.run({ cache, out }));
    const decoded = decodePacked(await Deno.readFile(`${out}/packed/model.packed`));
    let zeros = 0;
    for (const [name, values] of kernels(decoded)) {
      assert.equal(decoded.weights[name]!.encoding.use, "codebook", name);
      assert.ok(new Set(values).size <= 9, name);
      zeros += values.filter((value) => value === 0).length;
    }
    assert.ok(zeros > 0);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});

Deno.test("training after pruning and clustering holds both", async () => {
  const { run, warned } = await mixed([prune, cluster, train], {
    expect: ["result.nonzero <= clustered.nonzero"],
  });
  assertDone(run);
  assert.deepEqual(warned, []);
  assert.ok(run.ok, JSON.stringify(run.expect));
});

Deno.test("channels may go after weights, and what is left of the zeros holds under quantization-aware training", async () => {
  const { run, warned } = await mixed([prune, { ...thin, as: "thin" }, { ...quantize, finetune }]);
  assertDone(run);
  assert.deepEqual(warned, []);
});
