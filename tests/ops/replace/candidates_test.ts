import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import { families } from "../../../ops/model/zoo/families.ts";
import { denseModel } from "../prune/dense_model.ts";
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
  assert.deepEqual(names(found), ["conv1", "conv2"]);
  for (const [name, { layer, shape }] of found) {
    assert.deepEqual([layer.kind, layer.name, shape.length], ["conv", name, 4]);
  }
  const [first] = found.values();
  const size = first!.shape.reduce((a, b) => a * b);
  const smaller = windowLayers(
    lenet,
    {} as never,
    (shape, { name }) => name === first!.layer.name ? size - 1 : shape.reduce((a, b) => a * b),
  );
  assert.deepEqual(names(smaller), [first!.layer.name]);
});

Deno.test("dense layers are factored where a factor of rank 1 is smaller", () => {
  const found = lowRankLayers(lenet, {} as never);
  assert.deepEqual(names(found), ["dense1", "head.dense"]);
  for (const [, { layer, shape }] of found) {
    assert.equal(layer.kind, "dense");
    assert.deepEqual(extentsOf(shape), { rows: shape[0], columns: shape[1] });
  }
  const [one, ...others] = names(found);
  assert.deepEqual(names(lowRankLayers(lenet, { exclude: [one!] } as never)), others);
  assert.deepEqual(names(lowRankLayers(lenet, { layers: [one!] } as never)), [one]);
});

Deno.test("a 1×1 convolution is factored, and has no window", () => {
  const network = families.resnet.build([8, 8, 3], 3, { depth: 8, width: 1 } as never);
  const shortcuts = ["stage2.block1.shortcut", "stage3.block1.shortcut"];
  assert.deepEqual(names(lowRankLayers(network, {} as never)), [...shortcuts, "head.dense"]);
  const windows = names(windowLayers(network, {} as never, () => 0));
  assert.equal(windows.length, 7);
  assert.equal(windows.some((name) => shortcuts.includes(name)), false);
});

Deno.test("3 × 3 numbers have factors of rank 1 that are smaller, 2 × 2 have none", () => {
  const square = (side: number) => Array.from({ length: side }, () => Array(side).fill(1));
  const two = denseModel([{ kernel: [[1, 1, 1], [1, 1, 1]] }, { kernel: square(3) }]);
  assert.deepEqual(names(lowRankLayers(two, {} as never)), ["dense1", "dense2"]);
  const small = denseModel([{ kernel: [[1, 1], [1, 1], [1, 1]] }, { kernel: square(2) }]);
  assert.deepEqual(names(lowRankLayers(small, {} as never)), ["dense1"]);
});

Deno.test("what cannot be treated is named with what can", () => {
  assert.equal(
    refused(() => windowLayers(lenet, { layers: ["dense1"] } as never, () => 0)),
    "selector-empty layers: nothing is left: no selected layer can be treated (can be treated: conv1, conv2)",
  );
});

Deno.test("where nothing would be smaller the layers are refused", () => {
  assert.equal(
    refused(() => windowLayers(lenet, {} as never, () => 1e9)),
    "out-of-range layers: nothing would be smaller: these layers have too few channels (choose larger layers)",
  );
});
