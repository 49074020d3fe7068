/** The recipes behind one. */
import assert from "node:assert/strict";
import { RecipeError } from "../../../../engine/error.ts";
import {
  gatherParents,
  gatherParentsNow,
  parentOf,
} from "../../../../engine/recipe/resolve/parents.ts";
import { loadWholeYaml } from "../../../../engine/recipe/parse/parse_yaml.ts";

await loadWholeYaml();

Deno.test("parents are gathered one after another; circles and long chains are refused", async () => {
  const files: Record<string, string> = {
    "a/one.yaml": "extends: ../two.yaml\n",
    "two.yaml": "extends: three.yaml\n",
    "three.yaml": "name: three\n",
    "self.yaml": "extends: ./self.yaml\n",
  };
  const reader = (source: string) => Promise.resolve(files[source.replace(/^\.\//, "")]!);
  assert.equal(parentOf(files["a/one.yaml"]!, "a/one.yaml"), "two.yaml");
  const gathered = await gatherParents(files["a/one.yaml"]!, "a/one.yaml", reader);
  assert.deepEqual(gathered.map(({ source }) => source), ["two.yaml", "./three.yaml"]);
  await assert.rejects(gatherParents(files["self.yaml"]!, "./self.yaml", reader), RecipeError);
  const endless = (source: string) =>
    Promise.resolve(`extends: ${source.replace(/\d+/, (n) => String(Number(n) + 1))}\n`);
  await assert.rejects(
    gatherParents("extends: https://x.org/r1.yaml\n", "https://x.org/r0.yaml", endless),
    /more than 8 recipes/,
  );
});

Deno.test("a recipe extends one text: nothing, a list or an empty text is no parent", () => {
  for (const text of ["name: x\n", "extends: [a.yaml]\n", 'extends: ""\n', "extends: 3\n", "["]) {
    assert.equal(parentOf(text, "r/x.yaml"), undefined, text);
  }
  assert.equal(parentOf("extends: ./a.yaml\n", "r/x.yaml"), "r/a.yaml");
  assert.equal(
    parentOf("extends: ../a.yaml\n", "https://h.org/r/x.yaml"),
    "https://h.org/a.yaml",
  );
});

Deno.test("eight recipes may stand behind one, and they are asked for once each, the nearest first", () => {
  const asked: string[] = [];
  const chain = (length: number) => (source: string): string => {
    asked.push(source);
    const at = Number(/\d+/.exec(source));
    return at < length ? `extends: r${at + 1}.yaml\n` : "name: last\n";
  };
  const names = (length: number) => Array.from({ length }, (_, at) => `./r${at + 1}.yaml`);
  const gathered = gatherParentsNow("extends: r1.yaml\n", "r0.yaml", chain(8));
  assert.deepEqual(gathered.map(({ source }) => source), names(8));
  assert.deepEqual(asked, names(8));
  assert.equal(gathered.at(-1)!.text, "name: last\n");
  assert.throws(() => gatherParentsNow("extends: r1.yaml\n", "r0.yaml", chain(9)), RecipeError);
});

Deno.test("a circle is refused at the line that closes it", () => {
  const files: Record<string, string> = {
    "./b.yaml": "name: b\nextends: ./c.yaml\n",
    "./c.yaml": "name: c\n\nextends: ./b.yaml\n",
  };
  const refused = () =>
    gatherParentsNow("extends: ./b.yaml\n", "./a.yaml", (source) => files[source]!);
  assert.throws(refused, (error) => {
    assert.ok(error instanceof RecipeError);
    const [{ code, place, message }] = error.diagnostics as [typeof error.diagnostics[number]];
    assert.deepEqual([code, place], ["source", {
      source: "./c.yaml",
      line: 3,
      column: 10,
      length: 8,
      path: "extends",
      text: "extends: ./b.yaml",
    }]);
    assert.equal(message, "`./b.yaml` extends itself");
    return true;
  });
});
