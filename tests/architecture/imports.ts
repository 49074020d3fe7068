/** The import graph of the project's own files, read from their text. */
import { relative, resolve } from "node:path";

/** One import or re-export. */
export interface Import {
  readonly from: string;
  /** Path in the project, or the specifier where it leaves it. */
  readonly to: string;
  readonly external: boolean;
  readonly dynamic: boolean;
  readonly typeOnly: boolean;
}

const root = new URL("../../", import.meta.url);

/** The file of a project path. */
export function fromFileUrl(path: string): URL {
  return new URL(path, root);
}

let files: Promise<readonly string[]> | undefined;

/** Every source file of the product, sorted; kernels are another language and tests another house. */
export function sources(): Promise<readonly string[]> {
  return files ??= (async () => {
    const found = ["mod.ts"];
    for (const folder of ["engine", "ops", "recipes"]) {
      for await (const path of walk(folder)) {
        if (path.endsWith(".ts") && !path.startsWith("engine/tensor/kernels/")) found.push(path);
      }
    }
    return found.sort();
  })();
}

/** Every source file of the kernels. */
export async function kernels(): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const path of walk("engine/tensor/kernels")) found.push(path);
  return found.sort();
}

/** Every file of the tests, data that they read apart. */
export async function testFiles(): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const path of walk("tests")) {
    if (!/^tests\/fixtures\/|\/__snapshots__\//.test(path)) found.push(path);
  }
  return found.sort();
}

/** Every file of the product and of its tests, pages and kernels too. */
export async function projectFiles(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const folder of ["engine", "ops", "recipes"]) {
    for await (const path of walk(folder)) found.push(path);
  }
  return [...found, ...await testFiles()].sort();
}

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(fromFileUrl(folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* walk(path);
    else yield path;
  }
}

const statement =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"|\bimport\(\s*"([^"]+)"\s*,?\s*\)/g;

/** All imports of all sources. */
export async function imports(): Promise<readonly Import[]> {
  const result: Import[] = [];
  for (const from of await sources()) {
    const text = (await Deno.readTextFile(fromFileUrl(from))).replace(/\/\*[\s\S]*?\*\//g, "");
    for (const match of text.matchAll(statement)) {
      const specifier = match[2] ?? match[3]!;
      const external = !specifier.startsWith(".");
      const to = external
        ? specifier
        : relative(root.pathname, resolve(root.pathname, from, "..", specifier));
      const dynamic = match[3] !== undefined;
      result.push({ from, to, external, dynamic, typeOnly: match[1] !== undefined });
    }
  }
  return result;
}
