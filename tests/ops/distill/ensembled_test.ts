/** The mean of models as one model: its layers, its logits by plain loops, and which members suit one another. */
import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import { ensembled, ensembleOf, fractions } from "../../../ops/distill/ensembled.ts";
import { shapesOf } from "../../../ops/model/layers.ts";
import type { Architecture, Model } from "../../../ops/model/model.ts";
import { assertSound } from "../../../ops/model/sound.ts";
import { fc } from "../../deps.ts";
import { assertClose } from "../../close.ts";
import { plainLogits } from "../plain_forward.ts";
import { denseModel } from "../prune/dense_model.ts";

const members = [
  denseModel([{ kernel: [[1, 2], [3, 4]], bias: [0.5, -0.5] }]),
  denseModel([{ kernel: [[0, -1, 2], [1, 1, 0]] }, { kernel: [[1, 0], [0, 1], [1, 1]] }]),
];
const softmax = (models: readonly Model[]) =>
  models.map((model): Model => ({ ...model, head: "softmax" }));

Deno.test("shares become fractions of 1 in the same proportions", () => {
  assert.deepEqual(fractions([1, 3]), [0.25, 0.75]);
  assert.deepEqual(fractions([5]), [1]);
  const shares = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 8 });
  fc.assert(fc.property(shares, (shares) => {
    const found = fractions(shares);
    assert.ok(Math.abs(found.reduce((sum, each) => sum + each, 0) - 1) < 1e-12);
    found.forEach((each, i) =>
      assert.ok(Math.abs(each * shares[0]! - found[0]! * shares[i]!) < 1e-12)
    );
  }));
});

Deno.test("logits, or the logarithm of probabilities, are averaged by their shares", () => {
  const shares = [0.25, 0.75];
  const number = fc.integer({ min: -8, max: 8 }).map((i) => i / 4);
  fc.assert(fc.property(number, number, (a, b) => {
    const x = [{ shape: [2], data: Float64Array.of(a, b) }];
    const each = members.map((model) => [...plainLogits(model, x)]);
    const mean = [0, 1].map((i) => each.reduce((sum, z, k) => sum + shares[k]! * z[i]!, 0));
    assertClose(plainLogits(ensembled(members, shares, "logits"), x), mean, 1e-6);
    const probabilities = each.map((z) => {
      const powers = z.map(Math.exp);
      return powers.map((power) => power / (powers[0]! + powers[1]!));
    });
    const logs = [0, 1].map((i) =>
      Math.log(probabilities.reduce((sum, p, k) => sum + shares[k]! * p[i]!, 0))
    );
    const whole = ensembled(softmax(members), shares, "probabilities");
    assertClose(plainLogits(whole, x), logs, 1e-6);
  }));
});

Deno.test("members keep their layers under their numbers, on the first one's input", () => {
  const named: Architecture = {
    ...members[1]!,
    inputs: [{ name: "seen", shape: [2] }],
    layers: members[1]!.layers.map((layer) => ({
      ...layer,
      inputs: layer.inputs.map((name) => name === "input" ? "seen" : name),
    })),
  };
  const { inputs, layers, outputs } = ensembleOf([members[0]!, named], [0.5, 0.5], "logits");
  assert.deepEqual(inputs, members[0]!.inputs);
  assert.deepEqual(layers.map(({ name, inputs }) => `${inputs.join("+")} > ${name}`), [
    "input > member1.dense1",
    "input > member2.dense1",
    "member2.dense1 > member2.dense2",
    "member1.dense1+member2.dense2 > average.join",
    "average.join > average.mix",
  ]);
  assert.deepEqual(outputs, ["average.mix"]);
});

Deno.test("the mixing layer is the shares times identities, and the model is sound", () => {
  const whole = ensembled(members, [0.25, 0.75], "logits");
  assertSound(whole);
  const { shape, data } = whole.weights["average.mix/kernel"]!;
  assert.deepEqual(shape, [4, 2]);
  assert.deepEqual([...data], [0.25, 0, 0, 0.25, 0.75, 0, 0, 0.75]);
  assert.deepEqual(shapesOf(whole)["average.mix"], [2]);
  const mixed = ensembled(softmax(members), [0.25, 0.75], "probabilities");
  assert.equal("average.mix/kernel" in mixed.weights, false);
});

Deno.test("answers at several places are mixed place by place", () => {
  const each: Architecture = { ...members[0]!, inputs: [{ name: "input", shape: [3, 2] }] };
  const whole = ensembleOf([each, each], [0.5, 0.5], "logits");
  assert.deepEqual(shapesOf(whole)["average.mix"], [3, 2]);
});

Deno.test("it has learned where all members have; what any established holds for its layers", () => {
  const [first, second] = members as [Model, Model];
  const fresh = { ...second, learned: false };
  assert.equal(ensembled([first, fresh], [0.5, 0.5], "logits").learned, false);
  const marked: Model = {
    ...second,
    established: {
      zeros: true,
      clusters: true,
      channels: { dense1: 3 },
      replaced: ["dense2", "dense1"],
    },
  };
  assert.deepEqual(ensembled([first, marked], [0.5, 0.5], "logits").established, {
    zeros: true,
    clusters: true,
    channels: { "member2.dense1": 3 },
    replaced: ["member2.dense1", "member2.dense2"],
  });
  const plain = ensembled(members, [0.5, 0.5], "logits");
  assert.deepEqual(plain.established, {});
  const { family, head, learned, preprocess, classes, quantization } = plain;
  assert.deepEqual(
    { family, head, learned, preprocess, classes, quantization },
    {
      ...{ family: "ensemble", head: "none", learned: true },
      ...{ preprocess: null, classes: [], quantization: null },
    },
  );
});

Deno.test("members answer alike and see samples alike, or the odd one is named", () => {
  const three = denseModel([{ kernel: [[1, 2, 3], [4, 5, 6]] }]);
  const refused = (members: readonly Architecture[], place: string, described: string) =>
    assert.throws(
      () => ensembleOf(members, members.map(() => 1 / members.length), "logits"),
      new ParameterError(
        "shape-mismatch",
        place,
        `the answers of an ensemble are averaged: ${described}`,
        "models of the same data, with one output each",
      ),
    );
  const first = "model 1 reads 2, says 2 (1 output, head none), model";
  refused(
    [...members, three],
    "models.2",
    `${first} 3 reads 2, says 3 (1 output, head none)`,
  );
  refused(
    [members[0]!, ...softmax(members)],
    "models.1",
    `${first} 2 reads 2, says 2 (1 output, head softmax)`,
  );
  const twoOutputs = { ...members[1]!, outputs: ["dense2", "dense1"] };
  const both = "reads 2, says 2 (2 output, head none)";
  refused([twoOutputs, twoOutputs], "models.0", `model 1 ${both}, model 1 ${both}`);
  const told: Architecture = {
    ...members[0]!,
    inputs: [...members[0]!.inputs, { name: "class", shape: [3, 1] }],
  };
  refused(
    [members[0]!, told],
    "models.1",
    `${first} 2 reads 2 and 3×1, says 2 (1 output, head none)`,
  );
  const renamed = { ...members[1]!, classes: ["a", "b"] };
  assert.throws(
    () => ensembled([members[0]!, renamed], [0.5, 0.5], "logits"),
    new RangeError(
      "Cannot average models that see samples differently: model 2 has another normalisation, or other classes, " +
        "than the first",
    ),
  );
});
