/** The files of this machine that a run reads: documents, the lock beside them, sources. */
import { given } from "../given.ts";
import { pathOfUrl } from "../deps/node.ts";
import type { Graph } from "../graph/graph.ts";
import { cardOf } from "../graph/sources/model_card.ts";
import { sourcesAt } from "../graph/sources/source.ts";
import { isPackage } from "../recipe/parse/sources.ts";
import { lockPath } from "../run/lock.ts";
import { isElsewhere } from "./read_document.ts";
import { openStore, originOf, type Recipe } from "./runnable.ts";

/** Their paths. */
interface InputFiles {
  /** These were there, folders of sources among them: one that gets or loses an entry changes. */
  readonly files: readonly string[];
  /** The lock beside the recipe, there or not. */
  readonly lock: string;
  /** What may say something of sources, there or not; absent where no source is a file of this machine. */
  readonly cards?: readonly string[];
}

/** Of so many files and folders it is told in some 10 ms whether they are as they were. */
const MANY = 4000;

/** A folder and all below it, without those whose names begin with a dot: no source has them. */
async function foldersFrom(folder: string): Promise<string[]> {
  const found = [folder];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory && !name.startsWith(".")) found.push(...await foldersFrom(`${folder}/${name}`));
  }
  return found;
}

/**
 * Their paths. Undefined where what is read may change without one of them: a page of the web, a recipe that a program
 * wrote; and where looking at all of them takes longer than it saves. A package has one content for good.
 */
export async function inputFiles(
  recipe: Recipe,
  graph: Graph,
  cache: string,
): Promise<InputFiles | undefined> {
  const { source, read } = originOf(recipe) ?? {};
  if (source === undefined || read === undefined) return undefined;
  if (read.some(isElsewhere)) return undefined;
  const files = read.map((each) => each.startsWith("file:") ? pathOfUrl(each) : each);
  const cards = new Set<string>();
  const sources = sourcesAt(graph.recipe.base, await openStore(cache), { offline: true });
  for (const node of graph.nodes) {
    const named = node.op.source(node.step.params);
    if (named.every(isPackage)) continue;
    if (named.some(isElsewhere)) return undefined;
    for (const each of await sources.of(node)) {
      for (const { path, url } of each.files) {
        files.push(pathOfUrl(url));
        if (path === "") cards.add(pathOfUrl(cardOf(new URL(url), false)));
      }
      const [first] = each.files;
      if (first === undefined) return undefined;
      if (first.path === "") continue;
      const folder = new URL("../".repeat(first.path.split("/").length - 1) || ".", first.url);
      cards.add(pathOfUrl(cardOf(folder, true)));
      files.push(...await foldersFrom(pathOfUrl(folder).replace(/[/\\]+$/, "")));
    }
    if (files.length > MANY) return undefined;
  }
  const asked = cards.size > 0 ? [...cards] : undefined;
  return { files, lock: lockPath(source), ...given({ cards: asked }) };
}
