import assert from "node:assert/strict";
import { fc } from "../../deps.ts";
import { harmless } from "../../../engine/quote.ts";
import { permissionFlags, shellWord } from "../../../engine/library/permissions.ts";

Deno.test("any text that is shown as it is is one word for a shell, and the same text", async () => {
  const texts = fc.sample(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 })
      .filter((text) => harmless(text) === text && !/[\t\n]/.test(text)),
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

Deno.test("a path that is not shown as it is prints no flags", () => {
  for (const path of ["a\nb", "\x1b[2J", "a\u2028b", "\x7f", "a\u202eb", "a\tb"]) {
    const { words, refused } = permissionFlags({
      read: new Set([path]),
      write: new Set(),
      net: new Set(),
      variables: new Set(),
      spared: new Set(),
    });
    assert.deepEqual(words, []);
    assert.match(refused!, /holds a character that is not shown as it is/);
  }
});
