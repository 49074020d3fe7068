/** Attention scores (TinyBERT, arXiv 1909.10351; MiniLM, arXiv 2002.10957): worked by hand. */
import assert from "node:assert/strict";
import { attentionScores as stated } from "../../../../ops/learn/terms/attention_scores.ts";
import {
  assertAllNear,
  assertNear,
  evaluated,
  matched,
  type Numbers,
  type Said,
} from "./support/evaluated.ts";

type Roles = Readonly<Record<"queries" | "keys" | "values", readonly number[]>>;

const torch = JSON.parse(
  await Deno.readTextFile(new URL("./support/attention_by_torch.json", import.meta.url)),
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

/** One sample whose scores with one head are this matrix: keys are the unit vectors, queries √2 times the matrix. */
const scored = (matrix: readonly number[]): Numbers[] => [
  { shape: [1, 2, 2], values: matrix.map((each) => each * Math.SQRT2) },
  { shape: [1, 2, 2], values: [1, 0, 0, 1] },
  { shape: [1, 2, 2], values: [0, 0, 0, 0] },
];

const tokensOf = (token: number): Numbers[] => [
  ...sides(torch.teacher),
  { shape: [2, 3], values: Array(6).fill(token) },
];

Deno.test("TinyBERT's error of scores is 0.375, MiniLM's divergence of them 0.09362263", async () => {
  const one = { student: scored([1, 0, 0.5, -0.5]), teacher: scored([2, 0, 0, 0]), heads: 1 };
  // Differences 1, 0, −0.5, 0.5: (1 + 0 + 0.25 + 0.25) / 4.
  assertNear((await evaluated(matched("attention-scores"), one)).value, 0.375);
  // KL of softmax(2, 0) from softmax(1, 0), and of softmax(0, 0) from softmax(0.5, −0.5): 0.06713 and 0.12011, the
  // mean.
  const divergence = { distance: "cross-entropy" };
  assertNear((await evaluated(matched("attention-scores", divergence), one)).value, 0.09362263);
});

Deno.test("without tokens everything counts, and what is equal is 0 apart", async () => {
  const all = { ...said, teacher: sides(torch.teacher) };
  for (const distance of ["mse", "cross-entropy"]) {
    const chosen = matched("attention-scores", { distance });
    const even = { ...said, teacher: [...tokensOf(5)] };
    // Tokens none of which is padding hide nothing.
    assertNear((await evaluated(chosen, all)).value, (await evaluated(chosen, even)).value);
    const same = { ...said, teacher: [...sides(torch.student), tokens] };
    const { value, gradients } = await evaluated(chosen, same);
    assertNear(value, 0, 1, 1e-9);
    assertAllNear(gradients.flat(), gradients.flat().map(() => 0), 1e-4);
  }
});

Deno.test("attention-scores states what it reads and compares", () => {
  assert.deepEqual(stated.reads, { features: true });
  assert.equal(stated.compares, undefined);
});
