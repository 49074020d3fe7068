/** What holds for several terms alike: equal sides, the order of samples, degenerate batches, finite differences. */
import assert from "node:assert/strict";
import {
  auxiliaryName,
  discriminatorOf,
  lossField,
  type LossTerm,
  lossTermField,
  matchOf,
  namesTeacher,
  penalisedBy,
  readsTeacher,
  termOf,
} from "../../../../ops/learn/terms/terms.ts";
import { assertListed } from "../../../listed.ts";
import { told } from "../../told.ts";
import { resnet } from "../../../../ops/model/zoo/resnet.ts";
import {
  assertAllNear,
  assertDifferentiable,
  assertNear,
  evaluated,
  matched,
  type Numbers,
  rows,
  term,
} from "./support/evaluated.ts";

const two = {
  student: [rows([1, 0.5, -0.5, 0.2], [0, 1, 0, 2])],
  teacher: [rows([2, 1, 0.1, -1], [0.5, 0.4, 0.3, 3])],
  targets: rows([1, 0, 0, 0], [0, 0, 0, 1]),
};

const peers = [[1, 0, 0], [0, 1, 0], [0, 0, 2]];

const teacher = rows([1, 0], [0, 2], [3, 1]);

const student = rows([0.5, 0.5], [1, -1], [2, 0]);

const relations = ["rkd", "similarity-preserving", "pkt", "correlation-congruence"] as const;

const value = async (use: string, ours: Numbers, theirs: Numbers, more = {}) =>
  (await evaluated(matched(use, more), { student: [ours], teacher: [theirs] })).value;

/** Each sample turned by an angle, stretched and moved. */
const moved = ({ values, shape }: Numbers, { turn = 0, scale = 1, shift = 0 }): Numbers => {
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  const pairs = Array.from(
    { length: values.length / 2 },
    (_, i) => [values[2 * i]!, values[2 * i + 1]!],
  );
  return {
    shape,
    values: pairs.flatMap((
      [x, y],
    ) => [scale * (c * x! - s * y!) + shift, scale * (s * x! + c * y!) - 2 * shift]),
  };
};

Deno.test("gradients are what differences say", async () => {
  await assertDifferentiable(term({ use: "dkd", nckd: 3, temperature: 2 }), two);
  await assertDifferentiable(
    term({ use: "soft-targets", standardize: "sample", temperature: 2 }),
    two,
  );
  const said = { student: [rows(peers[0]!)], peers: [rows(peers[1]!), rows(peers[2]!)] };
  for (const target of ["each", "mean"]) {
    await assertDifferentiable(term({ use: "peers", target, temperature: 2 }), said);
  }
});

Deno.test("equal features give 0, whatever is compared", async () => {
  for (const use of relations) {
    const found = await evaluated(matched(use), { student: [teacher], teacher: [teacher] });
    assert.ok(Math.abs(found.value) < 1e-6, `${use} ${found.value}`);
    assert.ok(found.gradients[0]!.every((g) => Math.abs(g) < 1e-4), `${use} ${found.gradients}`);
  }
  const said = { student: [teacher], teacher: [teacher] };
  assert.ok(Math.abs((await evaluated(term({ use: "dist" }), said)).value) < 1e-6);
});

Deno.test("probabilistic transfer and correlation through a kernel ignore rotation and each sample's scale", async () => {
  const stretched = rows([2, 2], [0.1, -0.1], [6, 0]);
  for (const each of [moved(student, { turn: 1 }), stretched]) {
    // What both are of the samples as they are: worked by hand in pkt_test.ts and correlation_congruence_test.ts.
    assertNear(await value("pkt", each, teacher), 0.00237882, 1e-4, 0);
    assertNear(await value("correlation-congruence", each, teacher), 0.01334438, 2e-5);
  }
});

Deno.test("relations do not depend on the order of samples, and widths may differ", async () => {
  const order = ({ values }: Numbers) =>
    rows(values.slice(4, 6), values.slice(0, 2), values.slice(2, 4));
  const wide = rows([1, 0, 0], [0, 2, 0], [3, 1, 0]);
  for (const use of relations) {
    const plain = await value(use, student, teacher);
    assertNear(await value(use, order(student), order(teacher)), plain, 2e-5, 1e-3);
    assertNear(await value(use, student, wide), plain, 2e-5, 1e-3);
  }
});

Deno.test("gradients of relations are what differences say", async () => {
  const theirs = rows([1, 0], [0, 2], [3, 1], [-1, 1]);
  const ours = rows([0.5, 0.7, -1], [1, -1, 0.4], [2, 0, 1], [0.3, 1.2, -0.8]);
  for (const use of relations) {
    await assertDifferentiable(matched(use), { student: [ours], teacher: [theirs] });
  }
  const logits = rows([0.5, 0.7, -1], [1, -1, 0.4], [2, 0, 1]);
  const said = rows([1, 0, 2], [0, 2, -1], [3, 1, 0]);
  await assertDifferentiable(term({ use: "dist", temperature: 2 }), {
    student: [logits],
    teacher: [said],
  });
});

Deno.test("a batch of one sample, and one of equal samples, teach nothing and break nothing", async () => {
  for (const use of relations) {
    for (const batch of [rows([1, 2]), rows([1, 2], [1, 2])]) {
      const { value, gradients } = await evaluated(matched(use), {
        student: [batch],
        teacher: [batch.shape[0] === 1 ? rows([3, 1]) : rows([3, 1], [0, 1])],
      });
      assert.ok(
        [value, ...gradients.flat()].every(Number.isFinite),
        `${use} ${value} ${gradients}`,
      );
    }
  }
  assertAllNear(
    (await evaluated(matched("rkd"), { student: [rows([1, 2])], teacher: [rows([3, 1])] }))
      .gradients[0]!,
    [0, 0],
  );
});

Deno.test("a teacher is read for its outputs or for what is inside it, and named by the terms that say so", () => {
  assert.deepEqual(
    [term({ use: "soft-targets" }), matched("hint"), term({ use: "labels" })].map(readsTeacher),
    [true, true, false],
  );
  assert.equal(namesTeacher(term({ use: "soft-targets" })), false);
  assert.equal(namesTeacher(term({ use: "soft-targets", teacher: "large" })), true);
});

Deno.test("only a trained critic is a discriminator with a loss, and only asked models have names", () => {
  const game = (critic: string) => term({ use: "adversarial", through: "critic", critic });
  assert.notEqual(discriminatorOf(game("trained"))?.loss, undefined);
  assert.equal(discriminatorOf(game("frozen"))?.loss, undefined);
  assert.equal(discriminatorOf(term({ use: "labels" })), undefined);
  assert.equal(auxiliaryName(game("frozen")), "critic");
  assert.equal(auxiliaryName(term({ use: "labels" })), undefined);
});

Deno.test("places are those of `match`, and for `replaced` one for each layer that gave way", () => {
  assert.equal(matchOf(term({ use: "labels" })), undefined);
  const written = matchOf(matched("hint"))!;
  assert.deepEqual(written.places.map(({ student, teacher }) => [student, teacher]), [
    [["a"], ["a"]],
  ]);
  assert.equal(written.matching, termOf(matched("hint")).matching);
  const given = matchOf(term({ use: "hint", match: "replaced" }), ["stem", "stage1.block1"])!;
  assert.deepEqual(given.places.map(({ student, teacher }) => [student, teacher]), [
    [["stem"], ["stem"]],
    [["stage1.block1"], ["stage1.block1"]],
  ]);
});

Deno.test("a penalty on scales holds batch normalisations, of the chosen layers where some are", () => {
  const network = resnet.build([8, 8, 1], 4, { depth: 8, width: 0.25 });
  const held = (more: object) =>
    penalisedBy(term({ use: "bn-scale", weight: 0.1, ...more }), network)!.layers
      .map(({ name }) => name);
  const norms = network.layers.filter(({ kind }) => kind === "batchnorm").map(({ name }) => name);
  assert.deepEqual(held({}), norms);
  assert.deepEqual(
    held({ layers: ["stage1"] }),
    norms.filter((name) => name.startsWith("stage1.")),
  );
  assert.equal(penalisedBy(term({ use: "labels" }), network), undefined);
});

Deno.test("each term has its fields, their limits, and the papers' own where nothing is said", () => {
  const weight = "curve ≥ 0 = 1";
  const own = { "teacher?": "reference model" };
  const pair = "list of { student: selectors model, teacher: selectors teacher }";
  const inside = { weight, match: `replaced or ${pair}`, ...own };
  const { alternatives } = (lossTermField as unknown as {
    readonly "x-choice": { readonly alternatives: Readonly<Record<string, never>> };
  })["x-choice"];
  const found = Object.entries(alternatives).map(([use, each]) => [use, told(each)]);
  const temperature = (preset: number) => `curve > 0 = ${preset}`;
  assertListed(Object.fromEntries(found), {
    labels: {
      weight,
      smoothing: "number ≥ 0 < 1 = 0",
      "class_weights?": "balanced or list of number ≥ 0 or object",
    },
    "soft-targets": {
      ...{ weight, temperature: temperature(4), scale: 't-squared | none = "t-squared"', ...own },
      divergence: 'forward | reverse = "forward"',
      "teacher_errors": 'keep | swap = "keep"',
      standardize: 'none | sample = "none"',
    },
    logits: { weight, distance: 'mse | l1 = "mse"', ...own },
    dkd: {
      ...{ weight, nckd: "curve ≥ 0", tckd: "curve ≥ 0 = 1", temperature: temperature(4), ...own },
    },
    dist: {
      ...{
        weight,
        inter: "curve ≥ 0 = 1",
        intra: "curve ≥ 0 = 1",
        temperature: temperature(1),
        ...own,
      },
    },
    peers: { weight, temperature: temperature(1), target: 'each | mean = "each"' },
    hint: {
      ...inside,
      distance: 'mse | l1 | smooth-l1 | cosine = "mse"',
      adapt: 'auto | none | conv | dense = "auto"',
      normalize: 'none | l2 = "none"',
      reduction: 'mean | batch-mean = "mean"',
    },
    "attention-transfer": { ...inside, power: "number ≥ 1 ≤ 8 = 2" },
    fsp: inside,
    "similarity-preserving": inside,
    pkt: inside,
    nst: { ...inside, kernel: 'poly | linear | gaussian = "poly"' },
    rkd: { ...inside, "distance_weight": "number ≥ 0 = 25", "angle_weight": "number ≥ 0 = 50" },
    "correlation-congruence": {
      ...{ ...inside, gamma: "number > 0 = 0.4", terms: "integer ≥ 1 ≤ 10 = 2" },
    },
    "attention-scores": { ...inside, distance: 'mse | cross-entropy = "mse"' },
    "value-relations": { ...inside, distance: 'mse | cross-entropy = "mse"' },
    output: { weight, distance: 'mse | l1 | cross-entropy = "mse"', ...own },
    perceptual: {
      ...{ weight, through: "reference model", layers: "selectors through", ...own },
      distance: 'mse | l1 = "mse"',
    },
    elbo: { weight, beta: "number ≥ 0 = 1" },
    adversarial: {
      ...{ weight, through: "reference model", "real?": "reference dataset", ...own },
      objective: 'cross-entropy | hinge | least-squares = "cross-entropy"',
      critic: 'trained | frozen = "trained"',
    },
    "bn-scale": { weight: "curve ≥ 0", "layers?": "selectors model" },
    "group-lasso": { weight: "curve ≥ 0", "layers?": "selectors model" },
  });
  for (
    const [use, { description }] of Object.entries(alternatives) as [
      string,
      { description: string },
    ][]
  ) {
    assert.ok(description.length > 20, use);
  }
  const list = lossField() as unknown as { readonly "x-list": unknown; readonly minItems: number };
  assert.equal(list.minItems, 1);
  const preset = [{ use: "labels" }] as unknown as readonly LossTerm[];
  assert.deepEqual(lossField({ default: preset }).default, preset);
});

Deno.test("what each term reads and compares, and how many layers on each side", () => {
  const stated = (use: string) => {
    const { reads, compares, oneClass, matching } = termOf({ use } as LossTerm);
    return [Object.keys(reads).join(" "), compares ?? "", oneClass ?? false, matching?.layers ?? 0];
  };
  const features = ["features", "", false, 1];
  const rows = {
    ...{ labels: ["labels", "", false, 0], logits: ["teacher", "", false, 0] },
    "soft-targets": ["teacher labels", "probabilities", false, 0],
    ...{ dkd: ["teacher labels", "classes", true, 0], dist: ["teacher", "classes", false, 0] },
    ...{ peers: ["peers", "classes", false, 0], hint: features, "attention-transfer": features },
    ...{ fsp: ["features", "", false, 2], "similarity-preserving": features, pkt: features },
    ...{ nst: features, rkd: features, "correlation-congruence": features },
    ...{ "attention-scores": features, "value-relations": features },
    output: ["teacher", "outputs", false, 0],
    perceptual: ["teacher auxiliary", "outputs", false, 0],
    elbo: ["sample", "", false, 0],
    adversarial: ["teacher auxiliary", "outputs", false, 0],
    ...{ "bn-scale": ["weights", "", false, 0], "group-lasso": ["weights", "", false, 0] },
  };
  for (const [use, row] of Object.entries(rows)) assert.deepEqual(stated(use), row, use);
  const needs = (use: string) => termOf({ use } as LossTerm).penalises!.needs;
  assert.equal(needs("bn-scale"), "a batchnorm layer");
  assert.equal(needs("group-lasso"), "a convolution or dense layer before its outputs");
  for (const use of ["attention-scores", "value-relations"]) {
    const { inside } = termOf({ use } as LossTerm).matching!;
    assert.equal(inside!.needs, "one attention: block1.attention, or a layer of type:attention");
  }
});
