import assert from "node:assert/strict";
import { asking, sharedOptions, sharing } from "../../../../engine/cli/shared/store_options.ts";

Deno.test("options of stores are read; where none is given nothing is said", () => {
  assert.equal(sharedOptions({}), undefined);
  const all = {
    store: ["https://a", "http://b"],
    "store-write": [""],
    "store-exclude": ["data"],
    "store-credentials": ["env"],
    trust: ["a:b", "c:d"],
  };
  assert.deepEqual(sharedOptions(all), {
    stores: ["https://a", "http://b"],
    write: true,
    exclude: ["data"],
    credentials: "env",
    trust: ["a:b", "c:d"],
  });
  assert.deepEqual(Object.keys(all), [
    "store",
    ...Object.keys(sharing).filter((name) => !Object.hasOwn(asking, name)),
    "store-credentials",
    "trust",
  ]);
});

Deno.test("nothing but data can be left out", () => {
  assert.throws(() => sharedOptions({ "store-exclude": ["models"] }), {
    code: "usage",
    message: '--store-exclude leaves out data; this is "models"',
    help: "--store-exclude data",
  });
});
