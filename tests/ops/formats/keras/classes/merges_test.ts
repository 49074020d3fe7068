import assert from "node:assert/strict";
import { concatenate, dot, subtract } from "../../../../../ops/formats/keras/classes/merges.ts";
import { lines, reading } from "./one_reading.ts";
import { assertAnswers, singles } from "../support/saved.ts";

for (
  const name of singles(/^(Add$|Add-|Subtract|Multiply|Average$|Maximum|Minimum|Concatenate|Dot)/)
) {
  Deno.test(`Keras's own file answers as it did: ${name}`, () =>
    assertAnswers(name).then(() => {}));
}

Deno.test("values are joined along another axis by turning it to the end", () => {
  const { of, added } = reading({ axis: 1 }, [[2, 4], [3, 4]]);
  assert.equal(concatenate(of), "a");
  assert.deepEqual(lines(added), [
    "a.turned1 permute < x0",
    "a.turned2 permute < x1",
    "a.joined concat < a.turned1 a.turned2",
    "a permute < a.joined",
  ]);
  const last = reading({ axis: 2 }, [[2, 4], [2, 3]]);
  concatenate(last.of);
  assert.deepEqual(lines(last.added), ["a concat < x0 x1"]);
  assert.throws(() => concatenate(reading({ axis: 0 }, [[2], [2]]).of), /its axis is 0/);
});

Deno.test("what cannot be merged is refused", () => {
  assert.throws(() => subtract(reading({}, [[2], [2], [2]]).of), /it reads two layers/);
  for (const shapes of [[[2]], [[2], [2], [2]]]) {
    assert.throws(() => dot(reading({ axes: 1 }, shapes).of), /it reads two layers/);
  }
  assert.throws(
    () => dot(reading({ axes: 3 }, [[2, 3, 4], [2, 3, 4]]).of),
    /its axes cannot be read/,
  );
});
