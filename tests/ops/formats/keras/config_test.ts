import assert from "node:assert/strict";
import { UnreadableModelError } from "../../../../ops/formats/format.ts";
import { configOf } from "../../../../ops/formats/keras/config.ts";

const config = configOf("a", "Dense", {
  units: 3,
  "use_bias": 0,
  name: "x",
  strides: 2,
  sizes: [1, 2],
  odd: [1, 2, 3],
  words: ["a"],
});

Deno.test("values are of their type, or the preset's", () => {
  assert.equal(config.number("units"), 3);
  assert.equal(config.number("rate", 0.5), 0.5);
  assert.equal(config.flag("use_bias", true), false);
  assert.equal(config.flag("other", true), true);
  assert.equal(config.text("name", "y"), "x");
  assert.deepEqual(config.pair("strides"), [2, 2]);
  assert.deepEqual(config.pair("sizes"), [1, 2]);
  assert.deepEqual(config.pair("absent", 7), [7, 7]);
  assert.deepEqual(config.numbers("absent"), []);
  assert.deepEqual(config.numbers("units"), [3]);
});

Deno.test("what is not as expected is a sentence with the layer's name and class", () => {
  const refused = (read: () => unknown, message: string) =>
    assert.throws(read, (error) => {
      assert.ok(error instanceof UnreadableModelError);
      assert.equal(error.message, `Cannot read layer "a" (Dense): ${message}`);
      return true;
    });
  refused(() => config.number("name"), '`name` is "x", it should be a number');
  refused(() => config.flag("units", true), "`units` is 3, it should be true or false");
  refused(() => config.numbers("words"), '`words` is ["a"], it should be numbers');
  refused(() => config.pair("odd"), "`odd` is [1,2,3], it should be two numbers");
});

Deno.test("a flag that is nested without end is quoted at no length", () => {
  const deep = JSON.parse(`${"[".repeat(3000)}${"]".repeat(3000)}`);
  assert.throws(
    () => configOf("a", "Dense", { flag: deep }).flag("flag", true),
    ({ message }: Error) => message.length < 150 && /it should be true or false$/.test(message),
  );
});
