import assert from "node:assert/strict";
import { stream } from "../../../engine/tensor/random.ts";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { ParameterError } from "../../../engine/op.ts";
import { type Dataset, part } from "../../../ops/data/dataset.ts";
import { foldedModel } from "../../../ops/model/fold.ts";
import { forward } from "../../../ops/model/forward.ts";
import { inferLogits, weightTensors } from "../../../ops/model/infer.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { modelKind } from "../../../ops/model/kind.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import { type Model, structureOf } from "../../../ops/model/model.ts";
import { decodedWeights, decodeWeight } from "../../../ops/model/weights.ts";
import { mlp } from "../../../ops/model/zoo/mlp.ts";
import { maskWeights } from "../../../ops/prune/mask_weights.ts";
import { roundingConstraint } from "../../../ops/quantize/aware.ts";
import { roundingErrors } from "../../../ops/quantize/error.ts";
import type { IntegerParams } from "../../../ops/quantize/fields.ts";
import { integerRunner } from "../../../ops/model/integers/integer.ts";
import { quantize } from "../../../ops/quantize/quantize.ts";
import { factsOf } from "../../../ops/data/dataset.ts";
import { denseModel } from "../prune/dense_model.ts";
import { labelled } from "../labelled.ts";
import { livelyModel } from "../lively_model.ts";
import { modelDigest } from "../model_digest.ts";
import { noiseData } from "../noise_data.ts";
import { type Given, runContext } from "../run_context.ts";
import { zooNetworks } from "../zoo_networks.ts";
import { adam, fitted, sgd, training } from "../learn/small_trainings.ts";

refuseLeaks(true);

const int8: IntegerParams = {
  scheme: "int8",
  granularity: "channel",
  symmetry: "symmetric",
  activations: { use: "int8", granularity: "tensor", symmetry: "asymmetric" },
  calibrate: { use: "minmax", samples: 64 },
  fold: "batchnorm",
  equalize: "none",
  "bias_correction": "none",
  rules: "onnx",
};

/** Two classes that cross: the sign of x · y. */
function crossing(count: number): Dataset {
  const x = stream(11, "crossing").uniforms(0, 2 * count).map((u) => 2 * u - 1);
  const y = Int32Array.from({ length: count }, (_, i) => Number(x[2 * i]! * x[2 * i + 1]! > 0));
  const all = { count, x, y };
  return {
    meta: {
      input: [2],
      type: "float32",
      task: "classification",
      classes: ["unlike", "like"],
      outputs: 2,
      normalize: { scale: [1], offset: [0] },
    },
    parts: { train: all, validation: all },
  };
}

async function accuracy(model: Model, data: Dataset): Promise<number> {
  const { y, count } = part(data, "train");
  const logits = await withTensors((room) =>
    inferLogits(room, model, part(data, "train"), { meta: data.meta })
  );
  let right = 0;
  for (let i = 0; i < count; i++) {
    right += Number(logits[2 * i + 1]! > logits[2 * i]!) === y![i] ? 1 : 0;
  }
  return right / count;
}

async function aware(
  model: Model,
  data: Dataset,
  changed: object,
  finetune: object,
  given: Given = {},
) {
  const context = runContext(given);
  const params = { ...int8, ...changed, finetune: training(finetune) } as IntegerParams;
  return {
    model: await quantize.run({ model, data }, params, context),
    reported: context.reported,
  };
}

for (const [name, architecture] of Object.entries(zooNetworks)) {
  Deno.test(`what a training sees is what the integers compute, up to ties: ${name}`, async () => {
    const model = livelyModel(architecture);
    const data = noiseData(model, 64);
    const context = runContext();
    const constraint = await roundingConstraint(model, data, int8, context);
    let rounded: Model | undefined;
    const [seen, integer] = await withTensors((room) => {
      const held = constraint.open(room, undefined);
      const quantized = rounded = constraint.finish!(model, held.capture!());
      const { weights, dispose } = weightTensors(room, model);
      const x = room.tensor(
        part(data, "train").x as Float32Array,
        [64, ...architecture.inputs[0]!.shape],
      );
      const seen = room.tf.tidy(() => {
        const under = held.pass!({ weights, moment: undefined });
        const { transform } = under;
        const { outputs } = forward(room, { ...model, weights: under.weights }, [x], {
          training: false,
          ...transform && { transform },
        });
        return room.values(outputs[0]!);
      });
      const runner = integerRunner(room, quantized);
      const logits = runner.run([x]);
      const integers = room.values(logits);
      for (const each of [x, logits, runner]) each.dispose();
      dispose();
      return [seen, integers];
    });
    const noted = context.reported.notes["rounding_error"];
    assert.deepEqual(noted, roundingErrors(foldedModel(model), rounded!));
    const largest = Math.max(...integer.map(Math.abs));
    const errors = seen.map((value, i) => Math.abs(value - integer[i]!) / largest)
      .sort((a, b) => a - b);
    assert.ok(
      errors[Math.floor(errors.length / 2)]! < 2e-3,
      `median ${errors[errors.length >> 1]}`,
    );
    // A value on a tie is one step of its format away, and so is what follows from it.
    assert.ok(errors.at(-1)! < 0.03, `largest ${errors.at(-1)}`);
  });

  Deno.test(`a training that moves nothing gives what quantizing after training gives: ${name}`, async () => {
    const model = livelyModel(architecture);
    const data = labelled(model, 96);
    const still = { "freeze_after": { ranges: 0, batchnorm: 0 } };
    for (const calibrate of [{ use: "minmax", samples: 64 }, { use: "mse", samples: 64 }]) {
      const after = await quantize.run(
        { model, data },
        { ...int8, calibrate } as IntegerParams,
        runContext(),
      );
      const { model: trained } = await aware(model, data, { ...still, calibrate }, {
        optimizer: sgd(0),
      });
      const formats = (of: Model) =>
        Object.entries(of.quantization!.activations).map(([key, { scale, zero }]) =>
          [key, Math.fround(scale / 1e-5), zero] as const
        );
      assert.deepEqual(
        Object.keys(trained.quantization!.activations),
        Object.keys(after.quantization!.activations),
      );
      for (const [i, [, scale, zero]] of formats(trained).entries()) {
        const [, other, point] = formats(after)[i]!;
        assert.ok(Math.abs(scale / other - 1) < 1e-5);
        assert.ok(Math.abs(zero - point) <= 1);
      }
      for (const [key, weight] of Object.entries(after.weights)) {
        assert.deepEqual(decodeWeight(trained.weights[key]!), decodeWeight(weight), key);
      }
    }
  });
}

Deno.test("at 2 bits, training with rounding in view beats rounding afterwards, and learned scales do too", async () => {
  const data = crossing(400);
  const fresh = initialModel(mlp.build([2], 2, { hidden: [16, 16], dropout: 0 }), 1);
  const { model } = await fitted(fresh, data, training({ epochs: 40, optimizer: adam(0.02) }));
  const float = await accuracy(model, data);
  assert.ok(float > 0.95, `float ${float}`);
  const params = { ...int8, scheme: "int2", granularity: "tensor" } as IntegerParams;
  const after = await accuracy(await quantize.run({ model, data }, params, runContext()), data);
  const finetune = { epochs: 20, optimizer: adam(0.01) };
  const changed = { scheme: "int2", granularity: "tensor" };
  const observed = await accuracy((await aware(model, data, changed, finetune)).model, data);
  const learned = await accuracy(
    (await aware(model, data, { ...changed, scales: "learned" }, finetune)).model,
    data,
  );
  assert.ok(observed > after + 0.1, `observed ${observed}, after training ${after}`);
  assert.ok(learned > after + 0.1, `learned ${learned}, after training ${after}`);
});

for (const scales of ["observed", "learned"]) {
  Deno.test(`zeros of a pruned model are kept while it trains: ${scales} scales`, async () => {
    const masks = { criterion: "magnitude", scope: "layer", ratio: 0.5 } as const;
    const model = maskWeights(livelyModel(zooNetworks["mobilenet-v1"]!), masks, 0);
    const { model: result } = await aware(model, labelled(model, 96), { scheme: "int4", scales }, {
      epochs: 2,
      optimizer: adam(0.01, { weight_decay: 0.1 } as never),
    });
    assert.equal(modelKind.holds!(model, result), undefined);
    for (const [name, { mask }] of Object.entries(model.weights)) {
      if (mask === undefined) continue;
      const values = decodeWeight(result.weights[name]!);
      assert.ok(values.every((value, i) => mask[i] === 1 || value === 0), name);
    }
  });

  Deno.test(`a killed quantization-aware training continues with the same bits: ${scales} scales`, async () => {
    const model = livelyModel(zooNetworks.resnet!);
    const data = labelled(model, 96);
    const changed = { scales, scheme: "int4", calibrate: { use: "mse", samples: 64 } };
    const finetune = { epochs: 3, batch: 32, optimizer: adam(0.01), checkpoint: "best" };
    const whole = await aware(model, data, changed, finetune);
    const stop = new AbortController();
    let state: Uint8Array | undefined;
    await assert.rejects(aware(model, data, changed, finetune, {
      signal: stop.signal,
      progress: (fraction) => fraction > 0.5 && stop.abort(),
      saved: (bytes) => state = bytes,
    }));
    const resumed = await aware(model, data, changed, finetune, { resume: state! });
    assert.ok(resumed.reported.fractions[0]! > 0.5, "it went on where it was");
    assert.equal(modelDigest(resumed.model), modelDigest(whole.model));
  });
}

Deno.test("ranges follow the batches until they are told to stand still", async () => {
  const model = livelyModel(zooNetworks.mlp!);
  const data = labelled(model, 96);
  const scales = async (changed: object) => {
    const { model: result } = await aware(model, data, changed, {
      epochs: 3,
      batch: 8,
      optimizer: adam(0.02),
    });
    return Object.values(result.quantization!.activations).map(({ scale }) => scale);
  };
  const still = await scales({ "freeze_after": { ranges: 0 } });
  const after = await quantize.run({ model, data }, int8, runContext());
  const before = Object.values(after.quantization!.activations).map(({ scale }) => scale);
  still.forEach((scale, i) => assert.ok(Math.abs(scale / before[i]! - 1) < 1e-5));
  const [late, never] = [await scales({ "freeze_after": { ranges: 1 } }), await scales({})];
  assert.notDeepEqual(late, still);
  assert.notDeepEqual(never, late);
});

Deno.test("BatchNorm's averages stand still after their epochs", async () => {
  const model = livelyModel(zooNetworks.resnet!);
  const data = labelled(model, 64);
  const means = async (changed: object) => {
    const { model: result } = await aware(model, data, { fold: "none", ...changed }, {
      epochs: 2,
      optimizer: sgd(0.001),
    });
    return decodedWeights(result)["stem.norm/mean"];
  };
  assert.deepEqual(
    await means({ "freeze_after": { batchnorm: 0 } }),
    decodedWeights(model)["stem.norm/mean"],
  );
  assert.notDeepEqual(await means({ "freeze_after": { batchnorm: 1 } }), await means({}));
});

Deno.test("sums that could leave 32 bits are refused after a training too, by layer", async () => {
  // 127 · 127 · 140 000 is more than 2³¹, of weights that are all alike.
  const wide = denseModel([{ kernel: Array.from({ length: 140_000 }, () => [1]) }]);
  await assert.rejects(
    aware(wide, labelled(wide, 2), {}, { epochs: 1, optimizer: sgd(0) }),
    /"dense1" in integers: its sums of 140000 products/,
  );
  const none = { activations: { use: "none" } };
  await aware(wide, labelled(wide, 2), none, { epochs: 1, optimizer: sgd(0) });
});

Deno.test("a teacher named in the block is listened to", async () => {
  const data = crossing(64);
  const model = initialModel(mlp.build([2], 2, { hidden: [6], dropout: 0 }), 1);
  const teacher = initialModel(mlp.build([2], 2, { hidden: [6], dropout: 0 }), 2);
  const soft = {
    use: "soft-targets",
    weight: 1,
    temperature: 4,
    scale: "t-squared",
    divergence: "forward",
  };
  const run = async (referenced: Model) => {
    const { model: result, reported } = await aware(
      model,
      data,
      {},
      { loss: [soft], teacher: "t" },
      {
        referenced: { t: referenced },
      },
    );
    assert.ok(reported.notes.training);
    return modelDigest(result);
  };
  assert.notEqual(await run(teacher), await run(model));
});

Deno.test("what belongs to a training is refused without one, and what contradicts it with one", () => {
  const data = crossing(8);
  const model = initialModel(mlp.build([2], 2, { hidden: [6], dropout: 0 }), 1);
  const facts = (changed: object, established: readonly string[] = []) => () => {
    const known = { ...modelFacts(structureOf(model), model), established };
    quantize.facts({ model: known, data: factsOf(data.meta) }, { ...int8, ...changed });
  };
  const at = (code: string, path: string) => (error: unknown) =>
    error instanceof ParameterError && error.code === code && error.path === path;
  const finetune = training({});
  assert.throws(facts({ scales: "learned" }), at("missing-field", "scales"));
  assert.throws(facts({ "freeze_after": {} }), at("missing-field", "freeze_after"));
  assert.throws(
    facts({ finetune, "bias_correction": "measured" }),
    at("unknown-value", "bias_correction"),
  );
  assert.throws(
    facts({ finetune, scales: "learned", symmetry: "asymmetric" }),
    at("unknown-value", "scales"),
  );
  assert.throws(facts({ finetune }, ["clusters"]), at("order", "granularity"));
  const together = { finetune, granularity: "tensor" };
  assert.throws(facts(together, ["clusters"]), at("order", "finetune"));
  const soft = { use: "soft-targets", weight: 1, temperature: 4 };
  assert.throws(
    facts({ finetune: { ...finetune, loss: [soft] } }),
    at("missing-input", "finetune.loss.0"),
  );
  facts({ finetune })();
});

Deno.test("training samples are read where it trains, validation needed where it chooses", () => {
  const { parts, needed } = quantize.inputs.data;
  const none = { activations: { use: "none" } };
  assert.deepEqual(parts!({ ...int8, ...none }), []);
  const plain = { ...int8, ...none, finetune: training({}) };
  assert.deepEqual([parts!(plain), needed!(plain)], [["meta", "train", "validation"], ["train"]]);
  const chosen = { ...int8, finetune: training({ checkpoint: "best" }) };
  assert.deepEqual(needed!(chosen), ["train", "validation"]);
});
