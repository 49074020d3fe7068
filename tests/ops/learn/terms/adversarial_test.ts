/** The generator's side of the game: closed forms by hand. */
import assert from "node:assert/strict";
import { adversarial as stated } from "../../../../ops/learn/terms/adversarial.ts";
import { type Room, withTensors } from "../../../../engine/tensor/mod.ts";
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

/** A critic whose layers give 2x and x², and whose logit is the sum of a row. */
const critic = ({ tf }: Room): NonNullable<TermBatch["auxiliary"]> => ({
  features: (x, layers) => layers.map((layer) => layer === "double" ? tf.mul(x, 2) : tf.square(x)),
  logits: (x) => tf.sum(x, 1, true),
});

// Two samples of three pixels, logits; two latent numbers each.
const logits = rows([0.5, -1, 2], [0, 1.5, -0.5]);

const theirs = rows([1, -0.5, 0], [0.25, 1, -2]);

const twins = (head: Architecture["head"]) => ({
  student: [logits],
  teacher: [theirs],
  besides: (room: Room) => ({ ...ownWith(head), auxiliary: critic(room) }),
});

Deno.test("adversarial wants the critic to take each output for real, by three objectives", async () => {
  const scores = [1.5, 1];
  const value = async (objective: string) =>
    (await evaluated(term({ use: "adversarial", through: "critic", objective }), twins("none")))
      .value;
  assertNear(await value("cross-entropy"), sum(scores.map((d) => -Math.log(sigmoid(d)))) / 2);
  assertNear(await value("hinge"), -sum(scores) / 2);
  assertNear(await value("least-squares"), sum(scores.map((d) => (d - 1) ** 2 / 2)) / 2);
  for (const objective of ["cross-entropy", "hinge", "least-squares"]) {
    const chosen = term({ use: "adversarial", through: "critic", objective });
    await assertDifferentiable(chosen, twins("sigmoid"));
  }
});

Deno.test("the critic minimises its side of the game: what is real high, what is made low", async () => {
  const [real, fake] = [[1.5, -0.25, 0.5], [0.75, -2, 3]];
  const mean = (value: (real: number, fake: number) => number) =>
    sum(real.map((each, i) => value(each, fake[i]!))) / 3;
  const expected = {
    "cross-entropy": mean((r, f) => -Math.log(sigmoid(r)) - Math.log(1 - sigmoid(f))),
    hinge: mean((r, f) => Math.max(0, 1 - r) + Math.max(0, 1 + f)),
    "least-squares": mean((r, f) => (r - 1) ** 2 / 2 + f ** 2 / 2),
  };
  for (const [objective, value] of Object.entries(expected)) {
    const chosen = term({ use: "adversarial", through: "critic", objective }) as never;
    const { loss } = stated.discriminator!(chosen);
    const found = await withTensors((room) =>
      room.tf.tidy(() => {
        const [r, f] = [real, fake].map((each) => room.tensor(Float32Array.from(each), [3, 1]));
        return room.values(loss!(room, r!, f!))[0]!;
      })
    );
    assertNear(found, value);
  }
  const frozen = term({ use: "adversarial", through: "critic", critic: "frozen" }) as never;
  assert.equal(stated.discriminator!(frozen).loss, undefined);
});

Deno.test("adversarial states what it reads and compares", () => {
  assert.deepEqual(stated.reads, { teacher: { unless: "real" }, auxiliary: true });
  assert.equal(stated.compares, "outputs");
});
