/**
 * The parts of documents that derive from the code, each between `<!-- name -->` and `<!-- end -->`: lists of fields,
 * ops, commands and recipes. `deno task docs` writes them, a test says when they are stale.
 */
import { loadCommands } from "../../engine/cli/commands.ts";
import { parse } from "../../engine/deps/yaml.ts";
import { opSet } from "../../engine/op.ts";
import { ops } from "../../ops/mod.ts";
import { layerKindList } from "./layer_kinds.ts";
import { referenceParts, table } from "./reference.ts";

const root = new URL("../../", import.meta.url);

/** The documents that have such parts. */
export const documents = ["README.md", "recipes/README.md", "recipes/own_code.md"] as const;

type Document = (typeof documents)[number];

/** A document with its derived parts written anew. */
export async function fresh(document: Document): Promise<string> {
  let text = await Deno.readTextFile(new URL(document, root));
  for (const [name, part] of Object.entries(await partsOf(document, text))) {
    const pattern = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- end -->)`);
    if (!pattern.test(text)) throw new Error(`${document} has no part "${name}"`);
    text = text.replace(pattern, (_all, open, close) => `${open}\n${part.trimEnd()}\n\n${close}`);
  }
  return text;
}

async function partsOf(
  document: Document,
  text: string,
): Promise<Readonly<Record<string, string>>> {
  if (document === "recipes/README.md") {
    return {
      ...referenceParts(opSet(ops), (name) => text.includes(`<!-- ${name} -->`)),
      recipes: table(["recipe", "what it does"], await recipeRows()),
    };
  }
  if (document === "recipes/own_code.md") return { "layer kinds": await layerKindList() };
  const demo = await Deno.readTextFile(new URL("recipes/digits.yaml", root));
  const recipe = ["```yaml", "# recipes/digits.yaml", demo.replace(/^#.*\n/, "").trimEnd(), "```"];
  return {
    recipe: recipe.join("\n"),
    commands: table(
      ["command", "what it does"],
      (await loadCommands()).map(({ name, operands, summary }) => [
        `\`${[name, ...operands].join(" ")}\``,
        summary,
      ]),
    ),
  };
}

/** Every recipe that ships, with its description. */
async function recipeRows(): Promise<string[][]> {
  const rows: string[][] = [];
  for (const folder of ["", "papers/"]) {
    for await (const { name } of Deno.readDir(new URL(`recipes/${folder}`, root))) {
      if (!name.endsWith(".yaml")) continue;
      const text = await Deno.readTextFile(new URL(`recipes/${folder}${name}`, root));
      rows.push([`[${folder}${name}](${folder}${name})`, parse(text).description]);
    }
  }
  return rows.sort(([one], [other]) => one! < other! ? -1 : 1);
}
