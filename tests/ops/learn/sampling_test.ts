/** Draws of an epoch: each sample once, or classes equally often; counted by hand. */
import assert from "node:assert/strict";
import { type DatasetFacts, ParameterError, Type } from "../../../engine/op.ts";
import { stream } from "../../../engine/tensor/random.ts";
import type { Dataset } from "../../../ops/data/dataset.ts";
import { assertSampling, epochDraws, samplingField } from "../../../ops/learn/sampling.ts";
import { fc } from "../../deps.ts";
import { told } from "../told.ts";
import { training } from "./small_trainings.ts";
import { term } from "./terms/support/evaluated.ts";

const labelled = (y: ArrayLike<number> | null, places = 1): Dataset => {
  const count = (y?.length ?? 2) / places;
  return {
    meta: {
      ...{ input: [1], type: "float32", task: "classification", classes: [] },
      ...{ outputs: 9, normalize: { scale: [1], offset: [0] } },
    },
    parts: { train: { count, x: new Float32Array(count), y: y && Int32Array.from(y) } },
  };
};

const balanced = (y: ArrayLike<number>, seed: number) =>
  epochDraws(labelled(y), { seed, sampling: "balanced" });

/** How often each number stands in a list. */
const counted = (numbers: Iterable<number>) => {
  const counts = new Map<number, number>();
  for (const each of numbers) counts.set(each, (counts.get(each) ?? 0) + 1);
  return counts;
};

Deno.test("without a word, and once, an epoch is the permutation that it always was", () => {
  const y = [0, 0, 0, 1, 2];
  for (const sampling of [undefined, "once"] as const) {
    const draws = epochDraws(labelled(y), { seed: 7, sampling });
    assert.deepEqual(draws(3), stream(7, "order").permutation(3, 5));
  }
});

Deno.test("of n draws each of K classes gets n / K, and its samples come alike often", () => {
  const labels = fc.array(fc.constantFrom(1, 4, 4, 4, 4, 6, 6), { minLength: 1, maxLength: 60 });
  fc.assert(fc.property(labels, fc.nat(), fc.nat({ max: 9 }), (y, seed, epoch) => {
    const drawn = balanced(y, seed)(epoch);
    assert.equal(drawn.length, y.length);
    const samples = counted(drawn);
    const classes = counted(Array.from(drawn, (sample) => y[sample]!));
    const there = counted(y);
    const more = y.length % there.size;
    const fewest = Math.floor(y.length / there.size);
    const sizes = [...there.keys()].map((label) => classes.get(label) ?? 0);
    assert.deepEqual(
      sizes.sort((a, b) => a - b),
      [...there.keys()].map((_, k) => fewest + (k < there.size - more ? 0 : 1)),
    );
    y.forEach((label, sample) => {
      const share = (classes.get(label) ?? 0) / there.get(label)!;
      const times = samples.get(sample) ?? 0;
      assert.ok(Math.floor(share) <= times && times <= Math.ceil(share), `${share} ${times}`);
    });
  }));
});

Deno.test("over epochs each sample of a class comes n / (K nₖ) times an epoch, as weighted draws expect", () => {
  // 12 samples, three classes of 8, 3 and 1: four draws each, so a half, 4/3 and four times.
  const y = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2];
  const epochs = 600;
  const draws = balanced(y, 3);
  const all = counted(Array.from({ length: epochs }, (_, epoch) => [...draws(epoch)]).flat());
  y.forEach((label, sample) => {
    const expected = [1 / 2, 4 / 3, 4][label]!;
    // Four deviations of a mean of draws that are 0 or 1 beside their whole part.
    assert.ok(Math.abs(all.get(sample)! / epochs - expected) < 4 * 0.5 / Math.sqrt(epochs));
  });
  // One class of three gets the draw that 13 of them leave over, each as often.
  const uneven = balanced([...y, 0], 3);
  const classes = Array.from({ length: epochs }, (_, epoch) => {
    const found = counted(Array.from(uneven(epoch), (sample) => [...y, 0][sample]!));
    return [0, 1, 2].findIndex((label) => found.get(label) === 5);
  });
  const favoured = counted(classes);
  assert.deepEqual([...favoured.keys()].sort(), [0, 1, 2]);
  for (const times of favoured.values()) {
    assert.ok(Math.abs(times / epochs - 1 / 3) < 4 * Math.sqrt(2 / 9 / epochs), `${times}`);
  }
});

Deno.test("classes come mixed, in an order of its own for each epoch and seed, the same when asked again", () => {
  const y = Array.from({ length: 40 }, (_, i) => i < 36 ? 0 : 1);
  const draws = balanced(y, 1);
  const orders = [draws(0), draws(1), balanced(y, 2)(0)].map(String);
  assert.equal(new Set(orders).size, 3);
  assert.equal(String(balanced(y, 1)(1)), orders[1]);
  const labels = Array.from(draws(0), (sample) => y[sample]);
  const changes = labels.filter((label, i) => i > 0 && label !== labels[i - 1]).length;
  assert.ok(changes > 10, `${changes} changes of class`);
  // Which samples of the frequent class are left out changes as well.
  const often = (epoch: number) => [...new Set(draws(epoch))].filter((each) => each < 36).sort();
  assert.equal(often(0).length, 20);
  assert.notDeepEqual(often(0), often(1));
  // Nor do two classes take their samples by the same draws.
  const halves = balanced(Array.from({ length: 40 }, (_, i) => i < 20 ? 0 : 1), 1);
  const sides = [0, 1].map((side) =>
    [...halves(0)].filter((each) => Math.floor(each / 20) === side).map((each) => each % 20)
  );
  assert.notDeepEqual(sides[0], sides[1]);
});

Deno.test("samples without one class each cannot be drawn by class", () => {
  const refused = {
    name: "RangeError",
    message:
      "Cannot draw every class equally often: the training samples have no classes; leave `sampling` out",
  };
  const wish = { seed: 0, sampling: "balanced" } as const;
  assert.throws(() => epochDraws(labelled(null), wish), refused);
  assert.throws(() => epochDraws(labelled([0, 1, 1, 0], 2), wish), refused);
  const { meta } = labelled([0]);
  const numbers = { count: 1, x: new Float32Array(1), y: Float32Array.of(1) };
  assert.throws(() => epochDraws({ meta, parts: { train: numbers } }, wish), refused);
});

Deno.test("other tasks, and a loss that evens classes out itself, are refused with a way out", () => {
  const said = (task: DatasetFacts["task"], more: Parameters<typeof training>[0] = {}) => {
    try {
      const facts = { kind: "dataset", ...task && { task } } as DatasetFacts;
      assertSampling(training({ sampling: "balanced", ...more }), facts);
    } catch (error) {
      assert.ok(error instanceof ParameterError);
      return [error.code, error.path, error.message, error.help];
    }
    return undefined;
  };
  for (const task of ["regression", "multi-label", "next-token", "reconstruction"] as const) {
    assert.deepEqual(said(task), [
      "unknown-value",
      "sampling",
      `\`sampling: balanced\` is of samples that have one class each, and the task is ${task}`,
      "leave sampling out",
    ]);
    assert.equal(said(task, { sampling: "once" }), undefined);
  }
  assert.equal(said("classification"), undefined);
  assert.equal(said(undefined), undefined);
  const weighted = (weights: unknown) =>
    [term({ use: "labels" }), term({ use: "labels", class_weights: weights } as never)] as never;
  assert.deepEqual(said("classification", { loss: weighted("balanced") }), [
    "unknown-value",
    "sampling",
    "rare classes would count twice: they are drawn as often as others, and `class_weights: balanced` of loss.1 weighs " +
    "them up as well",
    "leave one of them out, or give class_weights in numbers",
  ]);
  assert.equal(said("classification", { loss: weighted([1, 3]) }), undefined);
  const once = { sampling: "once", loss: weighted("balanced") } as const;
  assert.equal(said("classification", once), undefined);
});

Deno.test("sampling is once or balanced", () => {
  assert.deepEqual(told(Type.Object({ sampling: samplingField })), { sampling: "once | balanced" });
});

Deno.test("nothing is drawn by classes that nobody has said", () => {
  const bare = { kind: "dataset", task: "classification", labels: "none" } as const;
  assert.throws(
    () => assertSampling(training({ sampling: "balanced" }), bare),
    new ParameterError(
      "unknown-value",
      "sampling",
      "`sampling: balanced` draws by class, and nobody has labelled the data (labels: none)",
      "leave sampling out",
    ),
  );
  assertSampling(training({}), bare);
});
