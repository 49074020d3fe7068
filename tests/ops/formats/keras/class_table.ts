/** The table of layer classes, `recipes/layers.md`: what each can be, as `tried.ts` finds it. */
import { table } from "../../../architecture/reference.ts";
import { type Tried, tried } from "./support/tried.ts";

/** The lists of classes, by library and version. */
export const lists: Readonly<Record<string, string>> = JSON.parse(
  Deno.readTextFileSync(new URL("../../../fixtures/keras/classes.json", import.meta.url)),
);

/** The document. */
export const document = new URL("../../../../recipes/layers.md", import.meta.url);

const mark = (value: boolean | undefined) => value === undefined ? "–" : value ? "yes" : "no";

/** Tries every class once. */
export async function tryAll(): Promise<ReadonlyMap<string, Tried>> {
  const names = new Set(Object.values(lists).flatMap((classes) => classes.split(" ")));
  const found = new Map<string, Tried>();
  for (const name of [...names].sort()) found.set(name, await tried(name));
  return found;
}

/** The document of what was found. */
export function documentOf(found: ReadonlyMap<string, Tried>): string {
  const parts = Object.entries(lists).map(([library, classes]) => {
    const names = classes.split(" ");
    const read = names.filter((name) => found.get(name)!.reads).length;
    const rows = names.map((name) => {
      const { reads, trains, prunes, quantizes, exports } = found.get(name)!;
      return [
        `\`${name}\``,
        mark(reads),
        mark(trains),
        mark(prunes),
        mark(quantizes),
        exports.length === 0 ? "–" : exports.join(", "),
      ];
    });
    const heads = ["class", "reads", "trains", "prunes", "quantizes", "exports to"];
    const share = (100 * read / names.length).toFixed(1);
    return `## ${library}\n\n${read} of ${names.length} classes are read: ${share} %.\n\n${
      table(heads, rows)
    }`;
  });
  return `# Layer classes

What becomes of the layer classes of Keras and tfjs-layers, left out what they are derived from, cells, and what runs
code. Every mark is found by trying it with models of the class that Keras wrote; a class of which there is none counts as
not read. **Reads**: the file answers as in Keras, within 1e-5. **Trains**: its weights have slopes. **Prunes**: half of
its kernels' weights become zeros. **Quantizes**: its kernels become integers. **Exports to**: formats whose files were
run, or read again, and answered as the model. A dash stands where a class has nothing of the kind. \`deno task docs\`
writes this page, and a test says when it is stale.

${parts.join("\n\n")}
`;
}
