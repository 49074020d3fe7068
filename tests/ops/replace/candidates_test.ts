import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import { families } from "../../../ops/model/zoo/families.ts";
import { extentsOf, lowRankLayers, windowLayers } from "../../../ops/replace/candidates.ts";

const lenet = families.lenet5.build([28, 28, 1], 10, {} as never);
const names = (found: ReadonlyMap<string, unknown>) => [...found.keys()];

/** What is refused: code, parameter, sentence. */
function refused(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof ParameterError, String(error));
    return `${error.code} ${error.path}: ${error.message} (${error.help})`;
  }
  return "";
}

Deno.test("convolutions with a window are replaced where the block has fewer weights", () => {
  const found = windowLayers(lenet, {} as never, () => 0);
  assert.ok(names(found).length > 0);
  for (const [name, { layer, shape }] of found) {
    assert.deepEqual([layer.kind, layer.name, shape.length], ["conv", name, 4]);
  }
  const [first] = found.values();
  const size = first!.shape.reduce((a, b) => a * b);
  const smaller = windowLayers(
    lenet,
    {} as never,
    (_shape, { name }) => name === first!.layer.name ? size - 1 : 1e9,
  );
  assert.deepEqual(names(smaller), [first!.layer.name]);
});

Deno.test("dense layers are factored where a factor of rank 1 is smaller", () => {
  const found = lowRankLayers(lenet, {} as never);
  assert.ok(names(found).length > 1);
  for (const [, { layer, shape }] of found) {
    assert.equal(layer.kind, "dense");
    assert.deepEqual(extentsOf(shape), { rows: shape[0], columns: shape[1] });
  }
  const [one, ...others] = names(found);
  assert.deepEqual(names(lowRankLayers(lenet, { exclude: [one!] } as never)), others);
  assert.deepEqual(names(lowRankLayers(lenet, { layers: [one!] } as never)), [one]);
});

Deno.test("where nothing would be smaller the layers are refused", () => {
  assert.equal(
    refused(() => windowLayers(lenet, {} as never, () => 1e9)),
    "out-of-range layers: nothing would be smaller: these layers have too few channels (choose larger layers)",
  );
});
