import assert from "node:assert/strict";
import { given } from "../../engine/given.ts";

interface Told {
  readonly code: string;
  readonly help?: string;
  readonly lines: readonly number[];
}

Deno.test("what is undefined is absent, so that both compare and serialise alike", () => {
  const help = undefined as string | undefined;
  const told: Told = given({ code: "order", help, lines: [1, 2] });
  assert.equal("help" in told, false);
  assert.deepEqual(told, { code: "order", lines: [1, 2] });
});

Deno.test("null, false, zero and the empty text are values and stay, in the order written", () => {
  const members = given({ z: 0, n: null, f: false, t: "", u: undefined, a: 1 });
  assert.deepEqual(Object.keys(members), ["z", "n", "f", "t", "a"]);
});

Deno.test("a given object may be spread among members that are always there", () => {
  const help: string | undefined = ["a way out"][0];
  const told: Told = { code: "order", lines: [], ...given({ help }) };
  assert.deepEqual(told, { code: "order", lines: [], help: "a way out" });
});
