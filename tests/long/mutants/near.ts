/** Which tests are near a source: those that import it, directly or through one other file. */
import { dirname, join, normalize } from "node:path";

/** Test files near a source, nearest first, each file once. */
export interface NearTests {
  /** Named after it: `tests/<same path>_test.ts`. */
  readonly own: readonly string[];
  /** Import it. */
  readonly direct: readonly string[];
  /** Import a file that imports it. */
  readonly through: readonly string[];
}

/** What each file imports at run time, by path in the project. */
export type RuntimeImports = ReadonlyMap<string, ReadonlySet<string>>;

const statement =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"(\.[^"]+)"|\bimport\(\s*"(\.[^"]+)"/g;

/** The imports of every file of a tree's folders `engine`, `ops` and `tests`, types apart. */
export async function runtimeImports(root: string): Promise<RuntimeImports> {
  const found = new Map<string, ReadonlySet<string>>();
  const read = async (path: string): Promise<void> => {
    const text = (await Deno.readTextFile(`${root}/${path}`)).replace(/\/\*[\s\S]*?\*\//g, "");
    const targets = [...text.matchAll(statement)].filter((match) => match[1] === undefined)
      .map((match) => normalize(join(dirname(path), match[2] ?? match[3]!)));
    found.set(path, new Set(targets));
  };
  const walk = async (folder: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(`${root}/${folder}`)) {
      const path = `${folder}/${name}`;
      if (isDirectory) await walk(path);
      else if (name.endsWith(".ts")) await read(path);
    }
  };
  for (const path of ["mod.ts"]) await read(path);
  for (const folder of ["engine", "ops", "tests"]) await walk(folder);
  return found;
}

/** The test file that is named after a source. */
export const testOf = (path: string): string => `tests/${path.replace(/\.ts$/, "_test.ts")}`;

/** Tests that take minutes, and what reads the tree's text itself, are not asked. */
const asked = (path: string) =>
  path.endsWith("_test.ts") && !/^tests\/(long|bench|architecture)\//.test(path);

/** The tests near one source. */
export function nearTests(path: string, imports: RuntimeImports): NearTests {
  const own = testOf(path);
  const direct: string[] = [];
  const through: string[] = [];
  for (const [test, targets] of imports) {
    if (!asked(test) || test === own) continue;
    if (targets.has(path)) direct.push(test);
    else if ([...targets].some((target) => imports.get(target)?.has(path))) through.push(test);
  }
  const nearest = (one: string, other: string) =>
    shared(other, own) - shared(one, own) || (one < other ? -1 : 1);
  return {
    own: imports.has(own) ? [own] : [],
    direct: direct.sort(nearest),
    through: through.sort(nearest),
  };
}

/** How many folders two paths have in common from the start. */
function shared(one: string, other: string): number {
  const [first, second] = [one.split("/"), other.split("/")];
  return first.findIndex((part, index) => part !== second[index]);
}
