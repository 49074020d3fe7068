/**
 * The page of code of one's own: each of its examples is a whole file, which runs from a folder that is not the project's,
 * by the URL of Decant, with steps side by side; and what changes behind an import is found by `verify`.
 */
import assert from "node:assert/strict";
import { servedRepository } from "../engine/cli/started/served_repository.ts";
import { ownCodeExamples } from "./support/own_code_examples.ts";

/** Two moons would do; these are two lines. */
const POINTS = Array.from({ length: 60 }, (_, at) => `${at % 2} ${at / 60} ${at % 2}`);

/** Runs every example in this process and says how it ended, what it measured, and what could run here alone. */
const RUNS = (names: readonly string[]) =>
  `const ends = {};
for (const name of ${JSON.stringify(names)}) {
  const { default: recipe } = await import(\`./\${name}\`);
  const notices = [];
  const onEvent = (event) => void (event.type === "noticed" && notices.push(event.sentence));
  const run = await recipe.run({ cache: "./cache", jobs: 2, onEvent });
  const problems = run.problems.filter(({ code }) => code !== "at-chance");
  ends[name] = { problems, notices, steps: run.steps.map(({ name, status }) => name + " " + status) };
}
console.log(JSON.stringify(ends));
`;

/** The repository, served; and a folder with these files, in which Deno runs. */
async function served(files: (mod: string) => Readonly<Record<string, string>>) {
  const web = await servedRepository(() => ({}));
  for (const [name, text] of Object.entries(files(`${web.root}/mod.ts`))) {
    await Deno.writeTextFile(`${web.folder}/${name}`, text);
  }
  return { ...web, deno: (...words: string[]) => web.deno(["-A"], ...words) };
}

Deno.test("every example of the page runs from elsewhere by URL, its steps in threads of their own", async () => {
  const examples = await ownCodeExamples();
  const kinds = [
    ...["defineAugmentation", "defineFamily", "defineFormat", "defineMetric"],
    ...["defineOp", "defineReader", "defineTerm"],
  ];
  const shown = [...examples.values()].flatMap((text) => /\bdefine[A-Z]\w+/.exec(text) ?? []);
  assert.deepEqual(shown.sort(), kinds);
  await using web = await served((mod) => ({
    ...Object.fromEntries(
      [...examples].map(([name, text]) => [name, text.replace("../mod.ts", mod)]),
    ),
    "moons.points": POINTS.join("\n"),
    "all.ts": RUNS([...examples.keys()]),
  }));
  const { code, out, err } = await web.deno("all.ts");
  assert.deepEqual([code, err], [0, ""]);
  const ends = JSON.parse(out) as Readonly<
    Record<string, { problems: unknown[]; notices: unknown[]; steps: string[] }>
  >;
  assert.deepEqual(Object.keys(ends), [...examples.keys()]);
  for (const [name, { problems, notices, steps }] of Object.entries(ends)) {
    assert.deepEqual([problems, notices], [[], []], name);
    for (const step of steps) assert.match(step, / (ran|recalled|hit|done|checked)/, name);
  }
});

Deno.test("what changes behind an import is recalled where the version stays, and found by verify", async () => {
  const focal = (await ownCodeExamples()).get("focal.ts")!;
  await using web = await served((mod) => ({
    "focal.ts": focal.replace("../mod.ts", mod)
      .replace("tf.sub(1, ", "tf.sub(one, ")
      .replace("export const", 'import { one } from "./one.ts";\nexport const')
      .replace("train: { epochs: 2", "train: { epochs: 40, batch: 8"),
    "one.ts": "export const one = 1;\n",
  }));
  const first = await web.deno("focal.ts", "run", "--quiet");
  assert.deepEqual([first.code, first.err], [0, ""]);
  assert.equal((await web.deno("focal.ts", "lock")).code, 0);
  assert.equal((await web.deno("focal.ts", "verify", "--quiet")).code, 0);
  await Deno.writeTextFile(`${web.folder}/one.ts`, "export const one = 1.5;\n");
  const again = await web.deno("focal.ts", "run");
  assert.match(again.out, /\b0 of \d+ steps ran/, "the keys are those of before");
  const found = await web.deno("focal.ts", "verify", "--quiet");
  assert.equal(found.code, 4, found.out + found.err);
  assert.match(found.out, /model/);
});
