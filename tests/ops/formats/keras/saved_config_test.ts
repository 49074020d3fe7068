import assert from "node:assert/strict";
import { savedConfig } from "../../../../ops/formats/keras/saved_config.ts";

Deno.test("a network is an object of JSON; what is none is a sentence", () => {
  assert.deepEqual(savedConfig('{"a": 1}', "config.json"), { a: 1 });
  const said = (text: string) => {
    try {
      savedConfig(text, "config.json");
    } catch (error) {
      return (error as Error).message;
    }
  };
  assert.equal(said("{"), "Cannot read the model: its config.json is no JSON");
  assert.equal(said("[1]"), "Cannot read the model: its config.json is not an object");
});
