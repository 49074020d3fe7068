import assert from "node:assert/strict";
import {
  operatorCoded,
  operatorNamed,
  OPERATORS,
  OPTION_TABLES,
} from "../../../../ops/formats/tflite/operators.ts";

Deno.test("operators have numbers of their own, and options one table for each number", () => {
  const codes = Object.values(OPERATORS).map(({ code }) => code);
  assert.equal(new Set(codes).size, codes.length);
  for (const { optionsType, options } of Object.values(OPERATORS)) {
    assert.deepEqual(OPTION_TABLES.get(optionsType), options);
  }
});

Deno.test("an operator is found by its number, as the schema counts them", () => {
  assert.deepEqual([3, 114, 150, 200].map(operatorCoded), [
    "CONV_2D",
    "QUANTIZE",
    "GELU",
    undefined,
  ]);
  assert.equal(operatorNamed("DEPTHWISE_CONV_2D").int8, 3);
});
