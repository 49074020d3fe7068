import assert from "node:assert/strict";
import { masking, passMask } from "../../../../../ops/formats/keras/classes/masks.ts";
import { assertAnswers, singles } from "../support/saved.ts";
import { lines, reading } from "./one_reading.ts";

for (const name of singles(/^(Masking|Embedding-)/)) {
  Deno.test(`Keras's own file answers as it did: ${name}`, () =>
    assertAnswers(name).then(() => {}));
}

/** What a class says is hidden of its value, where so much is of what it reads; "nothing": it says none. */
function passed(className: string, masks: readonly (string | undefined)[], config: object = {}) {
  let told: string | undefined = "nothing";
  const { of } = reading(config, masks.map(() => [3, 2]), {}, {
    masks,
    hides: (mask) => void (told = mask),
  });
  passMask(className, of);
  return told;
}

Deno.test("who treats each row alone hands the mask on, others do not", () => {
  assert.equal(passed("Dense", ["m"]), "m");
  assert.equal(passed("Flatten", ["m"]), "nothing");
  assert.equal(passed("Dense", [undefined]), "nothing");
});

Deno.test("values that are joined hide what each of them hides", () => {
  assert.equal(passed("Add", ["m", "m"]), "m");
  assert.equal(passed("Add", ["m", undefined]), "nothing");
  assert.equal(passed("Concatenate", ["m", "m"], { axis: 2 }), "m");
  assert.throws(() => passed("Concatenate", ["m", "m"], { axis: 1 }), /stand behind others/);
  assert.throws(() => passed("Add", ["m", "n"]), /other rows are hidden/);
  assert.throws(() => passed("Softmax", ["m"]), /rows are hidden from it/);
});

Deno.test("rows of one value alone are hidden, and 0; a volume is refused", () => {
  let mask: string | undefined;
  const { of, added } = reading({ "mask_value": 2 }, [[3, 2]], {}, {
    hides: (found) => void (mask = found),
  });
  assert.equal(masking(of), "a");
  assert.equal(mask, "a.mask");
  assert.deepEqual(lines(added.slice(-2)), ["a.rows reshape < a.mask", "a combine < x0 a.rows"]);
  assert.throws(() => masking(reading({}, [[3, 2, 2]]).of), /it can read sequences alone/);
});
