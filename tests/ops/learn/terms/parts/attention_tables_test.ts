/** Terms that compare attention: torch's values and gradients, trainings, and what is refused. */
import assert from "node:assert/strict";
import { type ModelFacts, ParameterError } from "../../../../../engine/op.ts";
import { factsOf } from "../../../../../ops/data/dataset.ts";
import { distill } from "../../../../../ops/distill/distill.ts";
import { withTensors } from "../../../../../engine/tensor/mod.ts";
import {
  attentionMatching,
  relationDistance,
} from "../../../../../ops/learn/terms/parts/attention_tables.ts";
import { initialModel } from "../../../../../ops/model/initialize.ts";
import { modelFacts } from "../../../../../ops/model/layers.ts";
import { bert } from "../../../../../ops/model/zoo/bert.ts";
import { labelled } from "../../../labelled.ts";
import { runContext } from "../../../run_context.ts";
import { adam, training } from "../../small_trainings.ts";
import {
  assertDifferentiable,
  assertNear,
  evaluated,
  matched,
  type Numbers,
  type Said,
  term,
} from "../support/evaluated.ts";

type Roles = Readonly<Record<"queries" | "keys" | "values", readonly number[]>>;

const torch = JSON.parse(
  await Deno.readTextFile(new URL("../support/attention_by_torch.json", import.meta.url)),
) as {
  readonly heads: number;
  readonly tokens: readonly number[];
  readonly student: Roles;
  readonly teacher: Roles;
  readonly terms: readonly {
    readonly use: string;
    readonly distance: string;
    readonly value: number;
    readonly gradients: Readonly<Partial<Roles>>;
  }[];
};

/** Two samples of three tokens; the last of the second is padding. */
const numbers = (values: readonly number[]): Numbers => ({
  shape: [2, 3, values.length / 6],
  values,
});

const sides = ({ queries, keys, values }: Roles) => [queries, keys, values].map(numbers);

const tokens: Numbers = { shape: [2, 3], values: torch.tokens };

const said: Said = {
  student: sides(torch.student),
  teacher: [...sides(torch.teacher), tokens],
  heads: torch.heads,
};

const options = { depth: 2, hidden: 8, heads: 2, vocabulary: 11, dropout: 0 };

const network = (more: object = {}) => bert.build([6], 3, { ...options, ...more });

const teacher = { ...initialModel(network({ depth: 4, hidden: 12 }), 5), learned: true };

const student = initialModel(network(), 1);

const data = labelled(student, 32);

const pair = { student: "block1.attention", teacher: "block2.attention" };

for (const { use, distance, value, gradients } of torch.terms) {
  Deno.test(`${use} by ${distance}: torch's value and gradients, of widths that differ, without padding`, async () => {
    const found = await evaluated(matched(use, { distance }), said);
    assertNear(found.value, value);
    for (const [i, role] of (["queries", "keys", "values"] as const).entries()) {
      const expected = gradients[role];
      const size = Math.max(...(expected ?? [0]).map(Math.abs));
      found.gradients[i]!.forEach((each, k) =>
        assert.ok(Math.abs(each - (expected?.[k] ?? 0)) <= 1e-5 * size, `${role} ${k}`)
      );
    }
    await assertDifferentiable(matched(use, { distance }), said);
  });
}

Deno.test("a student of another width learns where its teacher looks, and what it takes from there", async () => {
  for (const use of ["attention-scores", "value-relations"]) {
    const context = runContext();
    const config = training({
      epochs: 30,
      batch: 16,
      optimizer: adam(0.005),
      loss: [term({ use, match: [pair], distance: "cross-entropy" })],
    });
    await distill.run(
      { model: student, data, teacher, outputs: undefined } as never,
      config,
      context,
    );
    const { history } = context.reported.notes.training as unknown as {
      readonly history: readonly { readonly terms: readonly { readonly value: number }[] }[];
    };
    const values = history.map(({ terms }) => terms[0]!.value);
    assert.ok(values.at(-1)! < 0.5 * values[0]!, `${use}: ${values[0]} to ${values.at(-1)}`);
  }
});

Deno.test("what cannot be compared is refused before anything runs", () => {
  const refused = (match: object, taught = network({ depth: 4 })): ParameterError => {
    const state = { learned: true, established: {} };
    try {
      distill.facts({
        model: modelFacts(network(), state) as ModelFacts,
        teacher: modelFacts(taught, state) as ModelFacts,
        data: factsOf(data.meta),
      }, training({ loss: [term({ use: "attention-scores", match: [match] })] }));
    } catch (error) {
      if (error instanceof ParameterError) return error;
      throw error;
    }
    throw new Error("it was not refused");
  };
  const heads = refused(pair, network({ depth: 4, heads: 4 }));
  assert.match(heads.message, /block1.attention gives 2×6×6, .* gives 4×6×6/);
  assert.match(heads.help!, /as many heads/);
  const none = refused({ student: "block1.feedforward", teacher: "block2.attention" });
  assert.equal(none.path, "loss.0.match.0.student");
  assert.match(none.message, /"block1.feedforward" of bert does not have/);
  const two = refused({ student: "block1.attention", teacher: "type:attention" });
  assert.match(two.message, /may be several/);
});

/** The distance of two tables of one head, of samples whose tokens are known where given. */
async function distanceOf(
  [ours, theirs]: readonly [readonly number[], readonly number[]],
  shape: readonly number[],
  distance: "mse" | "cross-entropy",
  read?: readonly number[],
): Promise<number> {
  return await withTensors((room) =>
    room.tf.tidy(() => {
      const [student, teacher] = [ours, theirs].map((values) =>
        room.tensor(Float32Array.from(values), shape)
      );
      const said = read && room.tensor(Float32Array.from(read), [shape[0]!, shape[3]!]);
      const side = said === undefined ? [] : [student!, student!, student!, said];
      const tables = [student!, teacher!] as const;
      const pair = { student: [], teacher: side };
      return room.values(relationDistance(room, tables, pair, distance))[0]!;
    })
  );
}

Deno.test("squared differences are averaged over pairs of real tokens alone", async () => {
  const tables = [[1, 2, 3, 4], [2, 4, 6, 8]] as const;
  const shape = [1, 1, 2, 2];
  assertNear(await distanceOf(tables, shape, "mse"), (1 + 4 + 9 + 16) / 4);
  assertNear(await distanceOf(tables, shape, "mse", [5, 7]), (1 + 4 + 9 + 16) / 4);
  // The second token is padding: one pair is left.
  assertNear(await distanceOf(tables, shape, "mse", [5, 0]), 1);
});

Deno.test("where queries are no tokens of the sequence, keys alone are padding", async () => {
  const tables = [[1, 2, 3], [2, 4, 6]] as const;
  assertNear(await distanceOf(tables, [1, 1, 1, 3], "mse", [5, 7, 0]), (1 + 4) / 2);
});

Deno.test("a sequence of padding alone is at no distance, and no division by 0", async () => {
  const tables = [[1, 2, 3, 4], [2, 4, 6, 8]] as const;
  assert.equal(await distanceOf(tables, [1, 1, 2, 2], "mse", [0, 0]), 0);
  assert.equal(await distanceOf(tables, [1, 1, 2, 2], "cross-entropy", [0, 0]), 0);
});

Deno.test("cross-entropy is less the teacher's entropy, by hand, and does not see padding", async () => {
  // Rows of softmax: the teacher's (1/4, 3/4) and (1/2, 1/2), the student's (1/2, 1/2) twice.
  const theirs = [0, Math.log(3), 0, 0];
  const divergence = 0.25 * Math.log(0.25 / 0.5) + 0.75 * Math.log(0.75 / 0.5);
  const shape = [1, 1, 2, 2];
  assertNear(await distanceOf([[0, 0, 0, 0], theirs], shape, "cross-entropy"), divergence / 2);
  // One key is left to each query: all probabilities are 1.
  const found = await distanceOf([[0, 9, 0, 0], theirs], shape, "cross-entropy", [4, 0]);
  assert.ok(Math.abs(found) < 1e-6, `${found}`);
});

Deno.test("a place is one attention, and its table relates what was asked for", () => {
  const { inside, unfit } = attentionMatching("queries", "keys");
  const { taps, heads, shape } = inside.of(network(), "block2.attention")!;
  assert.deepEqual([heads, shape], [2, [2, 6, 6]]);
  assert.deepEqual(taps.slice(0, 3), [
    ...["block2.attention.query", "block2.attention.key", "block2.attention.value"],
  ]);
  assert.equal(inside.of(network(), "block1.feedforward"), undefined);
  assert.equal(inside.of(network(), "type:attention"), undefined);
  assert.equal(unfit([[2, 6, 6]], [[2, 6, 6]]), undefined);
  assert.match(unfit([[2, 6, 6]], [[4, 6, 6]])!, /as many heads as the teacher/);
  assert.match(unfit([[2, 6, 6]], [[2, 8, 8]])!, /sequences of one length/);
});
