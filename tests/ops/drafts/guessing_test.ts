import assert from "node:assert/strict";
import type { Look } from "../../../engine/recipe/words/drafts.ts";
import type { Json } from "../../../engine/digest.ts";
import { explainGuessing } from "../../../ops/drafts/guessing.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { zooNetworks } from "../zoo_networks.ts";

const model = initialModel(zooNetworks.mlp!, 0);

/** What was measured in one way; the accuracy is the share on the diagonal. */
function look(normalize: Json, confusion: readonly (readonly number[])[], rest = {}): Look {
  const all = confusion.flat().reduce((sum, count) => sum + count, 0);
  const accuracy = confusion.reduce((sum, row, at) => sum + row[at]!, 0) / all;
  return {
    data: { from: "./a.csv", normalize },
    metrics: { accuracy, samples: all, metrics: {}, confusion },
    ...rest,
  };
}

Deno.test("a model whose answers are right in another order of classes gets that order by name", () => {
  // Of class a it says 1, of b 2, of c 0: its classes are c, a, b.
  const turned = [[1, 9, 0], [0, 0, 10], [10, 0, 0]];
  const flat = [[4, 3, 3], [3, 4, 3], [3, 3, 4]];
  const classes = ["a", "b", "c"];
  const found = explainGuessing(model, [
    look("none", flat, { classes }),
    look("unit", turned, { classes }),
  ]);
  assert.deepEqual(found, {
    data: { from: "./a.csv", normalize: "unit", classes: ["c", "a", "b"] },
    again: true,
    doubts: [
      "it is right on 40.0 % of validation samples with normalize: none, 3.3 % with unit; guessing is no worse",
      "with its classes in another order it is right on 96.7 %, and `classes` says that order",
    ],
  });
});

Deno.test("classes without names, and data without files, are only told of", () => {
  const turned = [[0, 10], [10, 0]];
  const unnamed = explainGuessing(model, [look("none", turned)]);
  assert.equal(unnamed.again, false);
  assert.match(unnamed.doubts[1]!, /in another order it is right on 100\.0 %: the numbers of the/);
  const { data: _, ...rest } = look("none", turned, { classes: ["a", "b"] });
  const embedded = explainGuessing(model, [{ ...rest, data: { use: "iris" } }]);
  assert.deepEqual([embedded.again, embedded.data], [false, { use: "iris" }]);
});

Deno.test("an order must explain half of what guessing gets wrong", () => {
  const order = (right: number) => {
    const wrong = 100 - right;
    return explainGuessing(model, [look("none", [[wrong, right], [right, wrong]])]).doubts[1]!;
  };
  assert.match(order(74), /^no other order/);
  assert.match(order(75), /^with its classes in another order it is right on 75\.0 %/);
});

Deno.test("where no order explains the answers the best way goes on, with what is left to look at", () => {
  const flat = [[5, 5], [5, 5]];
  const better = [[6, 4], [4, 6]];
  const signed = { use: "range", low: -1, high: 1 };
  const pictures = initialModel(zooNetworks.resnet!, 0);
  const found = explainGuessing(pictures, [
    look("none", flat),
    look(signed, better),
    look({ use: "fixed" }, flat),
    { data: {} },
  ]);
  assert.deepEqual(found.data.normalize, signed);
  assert.match(found.doubts[0]!, /none, 60\.0 % with -1…1, 50\.0 % with the means of ImageNet;/);
  assert.match(found.doubts[2]!, /normalize: fixed\), and its colours in the order BGR/);
  assert.match(
    explainGuessing(model, [look("none", flat)]).doubts[2]!,
    /columns may be in another/,
  );
  const text = initialModel(zooNetworks["text-cnn"]!, 0);
  assert.match(explainGuessing(text, [look("none", flat)]).doubts[2]!, /^its vocabulary or token/);
  const unmeasured = explainGuessing(model, [{ data: { from: "./b" } }]);
  assert.deepEqual([unmeasured.data, unmeasured.doubts.length], [{ from: "./b" }, 2]);
});
