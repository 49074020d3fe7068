/** Correlation with the teacher (Huang et al. 2022, arXiv 2205.10536): worked by hand from equations 8 to 10. */
import assert from "node:assert/strict";
import { dist as stated } from "../../../../ops/learn/terms/dist.ts";
import { assertNear, evaluated, rows, term } from "./support/evaluated.ts";

Deno.test("DIST of an answer without any preference is 1, as torch's correlation of it is 0", async () => {
  const chosen = term({ use: "dist", intra: 0 });
  const flat = { student: [rows([0, 0, 0])], teacher: [rows([0, 1, 2])] };
  assertNear((await evaluated(chosen, flat)).value, 1);
  assertNear((await evaluated(chosen, { ...flat, teacher: flat.student })).value, 1);
});

Deno.test("DIST between rows of two samples is 0.05761967, between columns 0", async () => {
  // Pearson's r of the rows' probabilities: 0.92161 and 0.96315, and 1 − r averaged. Of two samples each column has two
  // values, which rise or fall on both sides alike here: r is 1.
  const said = {
    student: [rows([1, 0.5, -0.5, 0.2], [0, 1, 0, 2])],
    teacher: [rows([2, 1, 0.1, -1], [0.5, 0.4, 0.3, 3])],
  };
  assertNear((await evaluated(term({ use: "dist", intra: 0 }), said)).value, 0.05761967);
  assertNear((await evaluated(term({ use: "dist", inter: 0 }), said)).value, 0);
});

Deno.test("DIST is 1 − r: of columns by a hand's computation for three samples of two classes", async () => {
  // Two classes: p and 1 − p, so both columns correlate alike, and a row is wholly alike or wholly opposed.
  const p = (z: number) => 1 / (1 + Math.exp(-z));
  const [ours, theirs] = [[0.3, 1, -2], [2, -1, -1]].map((z) => z.map(p));
  const mean = (x: readonly number[]) => x.reduce((sum, each) => sum + each) / x.length;
  const centre = (x: readonly number[]) => x.map((each) => each - mean(x));
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((s, e, i) => s + e * y[i]!, 0);
  const [a, b] = [centre(ours!), centre(theirs!)];
  const r = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  const said = {
    student: [rows([0.3, 0], [1, 0], [-2, 0])],
    teacher: [rows([2, 0], [-1, 0], [-1, 0])],
  };
  assertNear((await evaluated(term({ use: "dist", inter: 0 }), said)).value, 1 - r);
  // Rows: alike, opposed, alike.
  assertNear((await evaluated(term({ use: "dist", intra: 0 }), said)).value, 2 / 3);
});

Deno.test("DIST between rows does not change when a teacher's probabilities are stretched about their mean", async () => {
  // ln of 0.25 + (p − 0.25)/2 has the softmax 0.25 + (p − 0.25)/2.
  const p = [0.5, 0.3, 0.15, 0.05];
  const flatter = p.map((each) => 0.25 + (each - 0.25) / 2);
  const inter = async (probabilities: readonly number[]) =>
    (await evaluated(term({ use: "dist", intra: 0 }), {
      student: [rows([1, 0.5, -0.5, 0.2])],
      teacher: [rows(probabilities.map(Math.log))],
    })).value;
  assertNear(await inter(flatter), await inter(p), 2e-5);
});

Deno.test("dist states what it reads and compares", () => {
  assert.deepEqual(stated.reads, { teacher: true });
  assert.equal(stated.compares, "classes");
});
