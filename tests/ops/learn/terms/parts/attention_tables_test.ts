/** Terms that compare attention: torch's values and gradients, trainings, and what is refused. */
import assert from "node:assert/strict";
import { type ModelFacts, ParameterError } from "../../../../../engine/op.ts";
import { factsOf } from "../../../../../ops/data/dataset.ts";
import { distill } from "../../../../../ops/distill/distill.ts";
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
} from "../evaluated.ts";

type Roles = Readonly<Record<"queries" | "keys" | "values", readonly number[]>>;

const torch = JSON.parse(
  await Deno.readTextFile(new URL("../attention_by_torch.json", import.meta.url)),
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
    const lesson = training({
      epochs: 30,
      batch: 16,
      optimizer: adam(0.005),
      loss: [term({ use, match: [pair], distance: "cross-entropy" })],
    });
    await distill.run(
      { model: student, data, teacher, outputs: undefined } as never,
      lesson,
      context,
    );
    const { history } = context.heard.notes.training as unknown as {
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
