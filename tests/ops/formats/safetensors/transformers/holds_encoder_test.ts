import assert from "node:assert/strict";
import { writeSafetensors } from "../../../../../ops/formats/safetensors/safetensors_file.ts";
import { holdsEncoder } from "../../../../../ops/formats/safetensors/transformers/holds_encoder.ts";
import { torchvisionFile } from "../../../../fixtures/torchvision/torchvision.ts";

const file = (...names: readonly string[]) =>
  writeSafetensors({
    tensors: new Map(names.map((name) => [
      name,
      {
        dtype: "U8",
        shape: [40],
        bytes: new TextEncoder().encode('"encoder.layer.0.attention.self.query"'.padEnd(40)),
      },
    ])),
    metadata: {},
  });

Deno.test("encoders are told by their first queries, with the model's name before it or not", () => {
  const [bert, distil] = [
    "encoder.layer.0.attention.self.query.weight",
    "transformer.layer.0.attention.q_lin.weight",
  ];
  for (const prefix of ["", "bert.", "distilbert.", "roberta."]) {
    assert.ok(holdsEncoder(file("a", `${prefix}${bert}`)));
    assert.ok(holdsEncoder(file(`${prefix}${distil}`)));
  }
});

Deno.test("other files are none, whatever their weights spell", () => {
  assert.ok(!holdsEncoder(file("encoder.layer.1.attention.self.query.weight")));
  assert.ok(!holdsEncoder(file("a.b.encoder.layer.0.attention.self.query.weight")));
  assert.ok(!holdsEncoder(torchvisionFile("resnet18")));
  const whole = file("a");
  assert.ok(!holdsEncoder(new Uint8Array([1, ...whole]).subarray(1)));
});
