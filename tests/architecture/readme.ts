/**
 * The parts of the README that derive from the code, each between `<!-- name -->` and `<!-- end -->`: the demo's recipe
 * and the tables of ops, models, recipes and commands. `deno task docs` writes them, a test says when they are stale.
 */
import { loadCommands } from "../../engine/cli/commands.ts";
import { parse } from "../../engine/deps/yaml.ts";
import type { AnyOp, Inputs } from "../../engine/op.ts";
import { families } from "../../ops/model/zoo/families.ts";
import { ops } from "../../mod.ts";

const root = new URL("../../", import.meta.url);

/** The README with its derived parts written anew. */
export async function freshReadme(): Promise<string> {
  let text = await Deno.readTextFile(new URL("README.md", root));
  for (const [name, part] of Object.entries(await parts())) {
    const pattern = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- end -->)`);
    if (!pattern.test(text)) throw new Error(`README.md has no part "${name}"`);
    text = text.replace(pattern, (_all, open, close) => `${open}\n${part}\n${close}`);
  }
  return text;
}

async function parts(): Promise<Readonly<Record<string, string>>> {
  const demo = await Deno.readTextFile(new URL("recipes/digits.yaml", root));
  return {
    recipe: ["```yaml", "# recipes/digits.yaml", demo.replace(/^#.*\n/, "").trimEnd(), "```", ""]
      .join("\n"),
    ops: table(["op", "what it does", "reads", "makes"], (ops as readonly AnyOp[]).map(opRow)),
    models: table(
      ["family", "what it is", "options"],
      Object.entries(families).map(([name, { options }]) => [
        `\`${name}\``,
        options.description ?? "",
        Object.keys(options.properties).map((option) => `\`${option}\``).join(" "),
      ]),
    ),
    recipes: table(["recipe", "what it does"], await recipeRows()),
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
  for (const folder of ["recipes/", "recipes/papers/"]) {
    for await (const { name } of Deno.readDir(new URL(folder, root))) {
      if (!name.endsWith(".yaml")) continue;
      const { description } = parse(await Deno.readTextFile(new URL(folder + name, root)));
      rows.push([`[${folder}${name}](${folder}${name})`, description]);
    }
  }
  return rows.sort(([one], [other]) => one! < other! ? -1 : 1);
}

function opRow({ name, summary, inputs, output }: AnyOp): string[] {
  const read = Object.entries(inputs as Inputs).map(([input, { optional }]) =>
    optional ? `${input}?` : input
  );
  return [`\`${name}\``, summary, read.join(", ") || "–", output.name];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""].join("\n");
}
