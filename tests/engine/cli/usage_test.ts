import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import { fc } from "../../deps.ts";
import type { Command } from "../../../engine/cli/command.ts";
import { commandHelp, helpText, parseArguments } from "../../../engine/cli/usage.ts";
import { DecantError } from "../../../engine/error.ts";

const command: Command = {
  name: "make",
  summary: "Makes something",
  operands: ["RECIPE", "[STEP]"],
  options: {
    set: { value: "FIELD=VALUE", many: true, description: "Changes a field" },
    force: { value: "STEP", bare: "*", description: "Again" },
    out: { value: "DIR", description: "Where to" },
    quiet: { description: "Says nothing" },
  },
  run: () => Promise.resolve(0),
};
const bare: Command = { ...command, operands: [], options: {} };

const refused = (words: readonly string[], of = command): string => {
  try {
    parseArguments(of, words);
  } catch (error) {
    assert.ok(error instanceof DecantError && error.code === "usage", String(error));
    return `${error.message} (${error.help})`;
  }
  return "";
};

Deno.test("words are operands and options, in whatever order, some of them several times", () => {
  assert.deepEqual(
    parseArguments(command, ["a", "--set", "x=1", "--quiet", "b", "--set=y=2", "--force"]),
    {
      operands: ["a", "b"],
      options: { set: ["x=1", "y=2"], quiet: [""], force: ["*"] },
    },
  );
  assert.deepEqual(parseArguments(command, ["a", "--force=one"]).options, { force: ["one"] });
  assert.deepEqual(parseArguments(bare, []), { operands: [], options: {} });
});

Deno.test("what a command does not take is refused, with how it is called", () => {
  const call = "(decant make RECIPE [STEP] [options])";
  assert.equal(refused([]), `RECIPE is missing ${call}`);
  assert.equal(refused(["a", "b", "c"]), `"c" is one word too many ${call}`);
  assert.equal(refused(["a", "--out", "x", "--out", "y"]), `--out is given twice ${call}`);
  assert.equal(refused(["a", "--quiet=yes"]), `--quiet takes no value ${call}`);
  assert.equal(refused(["a", "--out"]), `--out needs a value: --out DIR ${call}`);
  assert.equal(refused(["a", "--out="]), `--out needs a value: --out DIR ${call}`);
  assert.equal(
    refused(["a", "--ouut"]),
    "`make` has no option --ouut (it has --set, --force, --out, --quiet)",
  );
  assert.equal(refused(["--x"], bare), "`make` has no option --x (decant make)");
});

/** What Node's own function makes of words, up to the first that is wrong. */
function byNode({ options }: Command, words: readonly string[]) {
  const entries = Object.entries(options).map(([name, { value, bare }]) =>
    [name, { type: value !== undefined && bare === undefined ? "string" : "boolean" }] as const
  );
  const { positionals, tokens } = parseArgs({
    args: [...words],
    allowPositionals: true,
    strict: false,
    tokens: true,
    options: Object.fromEntries(entries),
  });
  const given: Record<string, string[]> = {};
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    if (!Object.hasOwn(options, token.name)) return `has no option ${token.rawName} `;
    const { value, bare } = options[token.name]!;
    if (value === undefined && token.value !== undefined) return "takes no value";
    const said = value === undefined ? "" : token.value ?? bare;
    if (said === undefined || value !== undefined && said === "") return "needs a value";
    (given[token.name] ??= []).push(said);
  }
  return { operands: positionals, options: given };
}

Deno.test("words are sorted as Node sorts them, whatever they are", () => {
  const options = Object.entries(command.options).map(([name, option]) =>
    [name, { ...option, many: true as const }] as const
  );
  const operands = Array.from({ length: 6 }, () => "[WORD]");
  const any: Command = { ...command, operands, options: Object.fromEntries(options) };
  const word = fc.constantFrom(
    ...["a", "--out", "--out=x", "--out=", "--set", "--set==", "--quiet", "--quiet=1", "--force"],
    ...[
      "--force=b",
      "--",
      "-",
      "-o",
      "-abc",
      "--no-quiet",
      "--x",
      "--=y",
      "--constructor",
      "",
      "-1",
    ],
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (words) => {
      const expected = byNode(any, words);
      if (typeof expected !== "string") assert.deepEqual(parseArguments(any, words), expected);
      else assert.ok(refused(words, any).includes(expected), `${words} ${expected}`);
    }),
    { numRuns: 300 },
  );
});

Deno.test("help is written from what a command declares", () => {
  assert.equal(
    commandHelp(command),
    "decant make RECIPE [STEP] [options]\n\nMakes something.\n\n" +
      "  --set FIELD=VALUE  Changes a field\n  --force[=STEP]     Again\n" +
      "  --out DIR          Where to\n  --quiet            Says nothing\n",
  );
  assert.equal(commandHelp(bare), "decant make\n\nMakes something.\n");
  assert.equal(
    helpText([command, bare]),
    "Decant compresses neural networks by recipe.\n\n" +
      "  make RECIPE [STEP] [options]  Makes something\n" +
      "  make                          Makes something\n\n" +
      "decant COMMAND --help says more of one. Exit codes: 0 done, 1 a step failed, 2 the recipe or the\n" +
      "arguments are wrong, 3 an expectation is not met, 4 refused for integrity, 130 and 143 on signals.\n",
  );
});

Deno.test("an operand in brackets may be left out, the others may not", () => {
  const two = { ...command, operands: ["A", "B", "[C]"] };
  const call = "(decant make A B [C] [options])";
  assert.deepEqual(parseArguments(two, ["1", "2"]).operands, ["1", "2"]);
  assert.equal(refused(["1"], two), `B is missing ${call}`);
  assert.equal(refused(["1", "2", "3", "4"], two), `"4" is one word too many ${call}`);
});
