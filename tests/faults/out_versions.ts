/** A folder for people as `out_driver.ts` writes it, and which version it holds. */
import assert from "node:assert/strict";
import { exportsOf, writeVersion } from "./out_driver.ts";
import { filesUnder } from "./small_cache.ts";

/** Files of somebody else, in and beside the exports. */
export const FOREIGN = [
  "thesis.txt",
  "tfjs/notes.txt",
  "tfjs/mine/a.txt",
  "x=1/packed/b.txt",
  "x=1/c.txt",
];

/** A folder that holds version `a`, and files of somebody else. */
export async function folderOf(foreign: readonly string[] = []) {
  const home = await Deno.makeTempDir();
  const root = `${home}/out`;
  await writeVersion(root, "a");
  for (const path of foreign) {
    await Deno.mkdir(`${root}/${path}`.replace(/\/[^/]+$/, ""), { recursive: true });
    await Deno.writeTextFile(`${root}/${path}`, path);
  }
  return { root, [Symbol.asyncDispose]: () => Deno.remove(home, { recursive: true }) };
}

/** Every file of a version and of somebody else, by path. */
export function expected(version: string, foreign: readonly string[]): string[] {
  const files = exportsOf(version).flatMap(({ folder, files }) =>
    Object.keys(files).map((path) => `${folder}/${path}`)
  );
  return [...files, ...foreign, "report.html", "report.json", "recipe.lock.json"].sort();
}

/** Which version a folder holds; it holds that alone, whole, and what is somebody else's. */
export async function versionIn(root: string, foreign: readonly string[] = []): Promise<string> {
  const version = await Deno.readTextFile(`${root}/recipe.lock.json`);
  assert.deepEqual(await filesUnder(root), expected(version, foreign));
  await assertOf(root, version);
  for (const path of foreign) assert.equal(await Deno.readTextFile(`${root}/${path}`), path);
  return version;
}

/** Every exported file, the page and the report are of this version. */
export async function assertOf(root: string, version: string): Promise<void> {
  for (const { folder, files } of exportsOf(version)) {
    for (const [path, bytes] of Object.entries(files)) {
      const found = await Deno.readFile(`${root}/${folder}/${path}`);
      assert.ok(found.length === bytes.length && found.every((each, i) => each === bytes[i]), path);
    }
  }
  assert.equal(await Deno.readTextFile(`${root}/report.html`), version);
  assert.equal(JSON.parse(await Deno.readTextFile(`${root}/report.json`)).version, version);
}
