/** A term on numbers written down: its value, its gradient, and what finite differences of it say. */
import assert from "node:assert/strict";
import { curveAt } from "../../../../../ops/learn/curve.ts";
import type { TermBatch } from "../../../../../ops/learn/terms/term.ts";
import { type LossTerm, lossTermField, termValue } from "../../../../../ops/learn/terms/terms.ts";
import { normalizeValue } from "../../../../../engine/recipe/check/normalize.ts";
import { type Room, type Tensor, withTensors } from "../../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../../engine/tensor/room.ts";

refuseLeaks(true);

/** Numbers in row-major order, and the shape they have, the batch first. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** A matrix. */
export const rows = (...lists: readonly (readonly number[])[]): Numbers => ({
  shape: [lists.length, lists[0]!.length],
  values: lists.flat(),
});

/** A term as a recipe writes it, its defaults filled in. */
export const term = (written: Readonly<Record<string, unknown>>): LossTerm =>
  normalizeValue(lossTermField, written) as unknown as LossTerm;

/** What a term reads; tensors in place of numbers. */
export interface Said {
  readonly student: readonly Numbers[];
  readonly teacher?: readonly Numbers[];
  readonly peers?: readonly Numbers[];
  readonly targets?: Numbers;
  /** What else a term sees of a batch, made of the student's tensors. */
  readonly besides?: (room: Room, student: readonly Tensor[]) => Partial<TermBatch>;
  /** Of both sides' attention, for a term that compares what it reads. */
  readonly heads?: number;
}

/** The places that pairs of tensors stand for in a term that matches. */
export const matched = (use: string, more: Readonly<Record<string, unknown>> = {}): LossTerm => {
  const place = use === "fsp" ? ["a", "b"] : ["a"];
  return term({ use, match: [{ student: place, teacher: place }], ...more });
};

/** Value and gradients for each of the student's tensors. */
export async function evaluated(
  chosen: LossTerm,
  said: Said,
): Promise<{ readonly value: number; readonly gradients: readonly (readonly number[])[] }> {
  return await withTensors((room) => {
    const bring = ({ values, shape }: Numbers) => room.tensor(Float32Array.from(values), shape);
    const student = said.student.map(bring);
    const teacher = said.teacher?.map(bring);
    const peers = said.peers?.map(bring);
    const targets = said.targets === undefined ? null : bring(said.targets);
    const { value, gradients } = room.valueAndGradients(
      () =>
        termValue(
          {
            ...batchOf(room, chosen, { student, teacher, peers, targets, heads: said.heads }),
            ...said.besides?.(room, student),
          },
          chosen,
        ),
      student,
    );
    const result = {
      value: room.values(value)[0]!,
      gradients: gradients.map((each) => each === null ? [] : [...room.values(each)]),
    };
    const all = [...student, ...teacher ?? [], ...peers ?? [], targets, value, ...gradients];
    for (const tensor of all) tensor?.dispose();
    return result;
  });
}

interface Brought {
  readonly student: readonly Tensor[];
  readonly teacher: readonly Tensor[] | undefined;
  readonly peers: readonly Tensor[] | undefined;
  readonly targets: Tensor | null;
  readonly heads: number | undefined;
}

function batchOf(
  room: Room,
  chosen: LossTerm,
  { student, teacher, peers, targets, heads }: Brought,
): TermBatch {
  const common = {
    room,
    task: "classification" as const,
    logits: student[0]!,
    targets,
    at: (curve: Parameters<typeof curveAt>[0]) => curveAt(curve, 0, 1),
    ...peers && { peers },
    ...teacher && { teacher: teacher[0]! },
  };
  const pair = { student, teacher: teacher!, ...heads !== undefined && { heads } };
  return "match" in chosen ? { ...common, pairs: [pair] } : common;
}

/** Asserts that a value is as expected, relative to its size (or to `floor` where it is smaller). */
export function assertNear(actual: number, expected: number, relative = 1e-5, floor = 1e-2): void {
  const allowed = relative * Math.max(Math.abs(expected), floor);
  assert.ok(Math.abs(actual - expected) <= allowed, `${actual}, expected ${expected}`);
}

/** The same of each number. */
export function assertAllNear(
  actual: readonly number[],
  expected: readonly number[],
  relative = 1e-5,
): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) => assertNear(value, expected[i]!, relative));
}

/**
 * Asserts that gradients are what central differences say. The step is 2⁻⁶: in single precision a value carries 10⁻⁷
 * of noise, so a smaller one would measure noise, and the fourth-order formula leaves an error of the step's fourth power.
 */
export async function assertDifferentiable(chosen: LossTerm, said: Said): Promise<void> {
  const { gradients } = await evaluated(chosen, said);
  const step = 2 ** -6;
  for (const [tensor, { values }] of said.student.entries()) {
    assert.ok(values.length <= 32, "few numbers");
    for (const place of values.keys()) {
      const at = async (by: number) => {
        const student = said.student.map((each, k) =>
          k !== tensor ? each : {
            ...each,
            values: each.values.map((value, i) => i === place ? value + by : value),
          }
        );
        return (await evaluated(chosen, { ...said, student })).value;
      };
      const [near, far] = [
        await at(step) - await at(-step),
        await at(2 * step) - await at(-2 * step),
      ];
      const numeric = (8 * near - far) / (12 * step);
      // What a term does not read has no gradient, and differences of 0.
      const found = gradients[tensor]![place] ?? 0;
      const size = Math.max(...gradients.flat().map(Math.abs));
      assert.ok(
        Math.abs(found - numeric) <= 2e-3 * size + 1e-5,
        `${chosen.use} [${tensor}][${place}]: ${found}, differences say ${numeric}`,
      );
    }
  }
}
