import assert from "node:assert/strict";
import { checkParts } from "../../../engine/graph/check_parts.ts";
import { input } from "../../../engine/op.ts";
import { numberKind } from "../run/support/fake.ts";
import { type CompiledStep, inWords, ops, reported } from "./compiled.ts";

const chooser = (needed?: () => readonly string[]) => ({
  ...ops.score,
  inputs: {
    data: input(numberKind, "is read", {
      parts: () => ["train", "validation"],
      ...needed && { needed },
    }),
  },
});

/** What is wrong with data of these parameters for a step that chooses. */
const wrong = (params: CompiledStep["params"], needed?: () => readonly string[]) =>
  inWords(reported(
    [
      { name: "data", op: ops.constant, params: params! },
      { name: "chosen", op: chooser(needed), inputs: { data: "data" } },
    ],
    (recipe, compiled, problems) => {
      for (const entry of compiled.values()) checkParts(recipe, entry, compiled, problems);
    },
  ));

Deno.test("a step that chooses on validation samples needs data that set some aside", () => {
  const said = [
    "missing-input steps.chosen `chosen` chooses on validation samples, and `data` has none " +
    "(split: { validation: 0.1 })",
  ];
  assert.deepEqual(wrong({ split: { validation: 0 } }), said);
  assert.deepEqual(wrong({ split: { validation: 0.1 } }), []);
  assert.deepEqual(wrong({}), [], "what is not said is set aside by default");
});

Deno.test("files of their own are a validation part, whatever the share", () => {
  const split = { validation: 0 };
  assert.deepEqual(wrong({ split, from: { train: "a", validation: "b" } }), []);
  assert.equal(wrong({ split, from: { train: "a" } }).length, 1);
  assert.equal(wrong({ split, from: "a" }).length, 1);
  assert.equal(wrong({ split, from: null }).length, 1);
});

Deno.test("a part that is read where there is any need not be there", () => {
  const split = { validation: 0 };
  assert.deepEqual(wrong({ split }, () => ["train"]), []);
  assert.equal(wrong({ split }, () => ["validation"]).length, 1);
});
