import assert from "node:assert/strict";
import type { Json } from "../../../../engine/digest.ts";
import { briefValues } from "../../../../engine/report/search/brief_values.ts";

const brief = (values: readonly Json[]) => {
  const texts = briefValues({ variables: [{ name: "way", values }] });
  return values.map((way) => texts({ way }).way);
};

Deno.test("of steps the fields are told that differ among those of an op, each difference once", () => {
  const prune = (ratio: number) => ({
    ...{ op: "prune", granularity: "channel", ratio, finetune: { epochs: ratio * 10 } },
  });
  const one = { op: "quantize", scheme: "int8", granularity: "tensor", equalize: "cross-layer" };
  const each = { op: "quantize", scheme: "int8" };
  assert.deepEqual(brief([[one], [each], [prune(0.5), one], [prune(0.25), each]]), [
    "quantize tensor",
    "quantize",
    "prune 0.5, quantize tensor",
    "prune 0.25, quantize",
  ]);
});

Deno.test("an op whose steps are alike is told by its name", () => {
  const student = [{ op: "model", use: "resnet", depth: 8 }, { op: "distill", teacher: "model" }];
  assert.deepEqual(brief([student, [{ op: "distill", teacher: "model" }]]), [
    "model, distill",
    "distill",
  ]);
});

Deno.test("two fields that differ apart are both told", () => {
  const step = (scheme: string, axis: string) => [{ op: "quantize", scheme, axis }];
  assert.deepEqual(brief([step("int8", "a"), step("int8", "b"), step("int4", "a")]), [
    "quantize int8 a",
    "quantize int8 b",
    "quantize int4 a",
  ]);
});

Deno.test("values that are not all lists of steps stay, as do variables that are not searched", () => {
  for (const values of [[1, 2], [[{ op: "a" }], "none"], [[]], [[{ use: "a" }]], [[{ op: 1 }]]]) {
    assert.deepEqual(brief(values as Json[]), values);
  }
  const texts = briefValues({ variables: [] });
  assert.deepEqual(texts({ other: [{ op: "a" }] }), { other: [{ op: "a" }] });
});
