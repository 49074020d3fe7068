import assert from "node:assert/strict";
import { fc } from "../../deps.ts";
import { shellWord } from "../../../engine/run/permissions.ts";

Deno.test("any text without control characters is one word for a shell, and the same text", async () => {
  const texts = fc.sample(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 })
      // deno-lint-ignore no-control-regex -- these are what is left out
      .filter((text) => !/[\x00-\x1f\x7f-\x9f\u2028\u2029]/.test(text)),
    { numRuns: 300, seed: 7 },
  );
  const hostile = [
    "$(touch x)",
    "`touch x`",
    "a b",
    "a;b",
    "a>b",
    "'",
    "a'b'c",
    '"',
    "\\",
    "*",
    "~",
    "!",
    "#x",
    "",
    "é",
  ];
  const words = [...texts, ...hostile.map((text) => text || "''")];
  const script = `printf '%s\\n' ${words.map(shellWord).join(" ")}`;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  assert.deepEqual(new TextDecoder().decode(stdout).split("\n").slice(0, -1), words);
});

Deno.test("a control character is no word", () => {
  for (const text of ["a\nb", "\x1b[2J", "a\u2028b", "\x7f"]) {
    assert.throws(() => shellWord(text), /holds a control character/);
  }
});
