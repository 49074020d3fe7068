/** Distance between outputs: closed forms by hand, gradients by finite differences. */
import { output as stated } from "../../../../ops/learn/terms/output.ts";
import assert from "node:assert/strict";
import type { Room } from "../../../../engine/tensor/mod.ts";
import type { TermBatch } from "../../../../ops/learn/terms/term.ts";
import type { Architecture } from "../../../../ops/model/model.ts";
import { assertDifferentiable, assertNear, evaluated, rows, term } from "./support/evaluated.ts";

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

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

Deno.test("output is the mean distance of both behind their head", async () => {
  const value = async (distance: string, head: Architecture["head"]) =>
    (await evaluated(term({ use: "output", distance }), twins(head))).value;
  const squares = both.map(([a, b]) => (sigmoid(a) - sigmoid(b)) ** 2);
  assertNear(await value("mse", "sigmoid"), sum(squares) / 6);
  assertNear(await value("l1", "none"), sum(both.map(([a, b]) => Math.abs(a - b))) / 6);
  const surprise = both.map(([a, b]) =>
    -sigmoid(b) * Math.log(sigmoid(a)) - (1 - sigmoid(b)) * Math.log(1 - sigmoid(a))
  );
  assertNear(await value("cross-entropy", "sigmoid"), sum(surprise) / 6);
  for (const distance of ["mse", "cross-entropy"]) {
    await assertDifferentiable(term({ use: "output", distance }), twins("sigmoid"));
  }
});

Deno.test("an output at its copy costs nothing", async () => {
  const same = { ...twins("sigmoid"), teacher: [logits] };
  assert.equal((await evaluated(term({ use: "output" }), same)).value, 0);
  const seen = term({ use: "perceptual", through: "extractor", layers: ["double", "square"] });
  assert.equal((await evaluated(seen, same)).value, 0);
});

Deno.test("output states what it reads and compares", () => {
  assert.deepEqual(stated.reads, { teacher: true });
  assert.equal(stated.compares, "outputs");
});

Deno.test("behind a softmax the surprise is of a whole row, and plain numbers are no probabilities", async () => {
  const { value } = await evaluated(
    term({ use: "output", distance: "cross-entropy" }),
    twins("softmax"),
  );
  const softmax = (row: readonly number[]) => row.map((z) => Math.exp(z) / sum(row.map(Math.exp)));
  const byRow = [0, 3].map((first) => {
    const [own, other] = [logits, theirs].map(({ values }) =>
      softmax(values.slice(first, first + 3))
    );
    return -sum(other!.map((p, i) => p * Math.log(own![i]!)));
  });
  assertNear(value, sum(byRow) / 2);
  const refusal = (distance: string, head: Architecture["head"]) =>
    stated.refuses!(term({ use: "output", distance }) as never, ownWith(head).own.model);
  assert.deepEqual(refusal("cross-entropy", "none"), {
    field: "distance",
    message: "cross-entropy is between probabilities, and this model (loaded) gives plain numbers",
    help: "distance: mse",
  });
  assert.equal(refusal("cross-entropy", "sigmoid"), undefined);
  assert.equal(refusal("mse", "none"), undefined);
});
