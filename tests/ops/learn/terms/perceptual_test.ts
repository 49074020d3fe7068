/** Distance between features of a third model: closed forms by hand. */
import { perceptual as stated } from "../../../../ops/learn/terms/perceptual.ts";
import assert from "node:assert/strict";
import type { Room } from "../../../../engine/tensor/mod.ts";
import type { TermBatch } from "../../../../ops/learn/terms/term.ts";
import type { Architecture } from "../../../../ops/model/model.ts";
import { assertDifferentiable, assertNear, evaluated, rows, term } from "./support/evaluated.ts";

const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0);

const ownWith = (head: Architecture["head"]) => ({
  own: {
    model: { family: "loaded", inputs: [], layers: [], outputs: [], head },
    weights: {},
  },
});

/** A model whose layers give 2x and x², and whose output is the sum of a row. */
const extractor = ({ tf }: Room): NonNullable<TermBatch["auxiliary"]> => ({
  features: (x, layers) => layers.map((layer) => layer === "double" ? tf.mul(x, 2) : tf.square(x)),
  logits: (x) => tf.sum(x, 1, true),
});

// Two samples of three pixels, logits; two latent numbers each.
const logits = rows([0.5, -1, 2], [0, 1.5, -0.5]);

const theirs = rows([1, -0.5, 0], [0.25, 1, -2]);

const twins = (head: Architecture["head"]) => ({
  student: [logits],
  teacher: [theirs],
  besides: (room: Room) => ({ ...ownWith(head), auxiliary: extractor(room) }),
});

const both = logits.values.map((z, i) => [z, theirs.values[i]!] as const);

Deno.test("l1 of outputs has no gradient where both sides are equal, nor has it through a third model", async () => {
  const same = { ...twins("none"), teacher: [rows([0.5, 5, -5], [0, 1.5, -2])] };
  const output = await evaluated(term({ use: "output", distance: "l1" }), same);
  assert.deepEqual(output.gradients[0]!.map((g) => Math.sign(Math.fround(6 * g))).map(Math.abs), [
    ...[0, 1, 1],
    ...[0, 0, 1],
  ]);
  const seen = { use: "perceptual", through: "extractor", layers: ["double"], distance: "l1" };
  const perceptual = await evaluated(term(seen), same);
  perceptual.gradients[0]!.forEach((g, i) => assertNear(g, 2 * output.gradients[0]![i]!));
});

Deno.test("perceptual adds up distances between a third model's features, layer by layer", async () => {
  const seen = (layers: readonly string[], distance = "mse") =>
    term({ use: "perceptual", through: "extractor", layers, distance });
  const value = async (layers: readonly string[], distance?: string) =>
    (await evaluated(seen(layers, distance), twins("none"))).value;
  const doubles = sum(both.map(([a, b]) => (2 * a - 2 * b) ** 2)) / 6;
  const squares = sum(both.map(([a, b]) => (a * a - b * b) ** 2)) / 6;
  assertNear(await value(["double"]), doubles);
  assertNear(await value(["double", "square"]), doubles + squares);
  const lengths = sum(both.map(([a, b]) => Math.abs(a * a - b * b))) / 6;
  assertNear(await value(["square"], "l1"), lengths);
  await assertDifferentiable(seen(["square"]), twins("sigmoid"));
});

Deno.test("perceptual states what it reads and compares", () => {
  assert.deepEqual(stated.reads, { teacher: true, auxiliary: true });
  assert.equal(stated.compares, "outputs");
});
