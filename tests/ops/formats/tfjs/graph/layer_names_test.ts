import assert from "node:assert/strict";
import { layerNames } from "../../../../../ops/formats/tfjs/graph/layer_names.ts";

Deno.test("what all nodes begin with goes, and the operator at the end", () => {
  const called = layerNames([
    "StatefulPartitionedCall/net/conv1/BiasAdd",
    "StatefulPartitionedCall/net/block_2/add/add",
    "StatefulPartitionedCall/net/block_2/norm/batchnorm/mul_1",
  ]);
  assert.equal(called("StatefulPartitionedCall/net/conv1/Relu6"), "conv1");
  assert.equal(called("StatefulPartitionedCall/net/conv1/FusedBatchNormV3_1"), "conv1");
  assert.equal(called("StatefulPartitionedCall/net/block_2/add/add"), "block_2.add");
  assert.equal(called("StatefulPartitionedCall/net/block_2/add_1/add"), "block_2.add_1");
  assert.equal(called("StatefulPartitionedCall/net/block_2/norm/batchnorm/mul_1"), "block_2.norm");
  assert.equal(called("StatefulPartitionedCall/net/depth/depthwise:1"), "depth.depthwise");
  assert.equal(
    called("StatefulPartitionedCall/net/norm/ArithmeticOptimizer/AddOpsRewrite_Leaf_1_add_2"),
    "norm",
  );
  assert.equal(called("Identity"), "Identity");
  assert.equal(called("other/part/Relu"), "other.part");
});

Deno.test("characters that selectors have a meaning for go, and something is left", () => {
  const called = layerNames(["a/b c*/Relu", "a/d"]);
  assert.equal(called("a/b c*/Relu"), "b_c_");
  assert.equal(layerNames(["Relu"])("Relu"), "Relu");
  assert.equal(layerNames([])("a/b"), "a.b");
  assert.equal(layerNames([])("/"), "node");
});
