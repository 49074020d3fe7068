/** The files of this machine that a run reads: documents, the lock beside them, sources. */
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
  /** These were there. */
  readonly files: readonly string[];
  /** The lock beside the recipe, there or not. */
  readonly lock: string;
  /** What may say something of sources, there or not; absent where no source is a file of this machine. */
  readonly cards?: readonly string[];
}

/**
 * Their paths. Undefined where what is read may change without one of them: a page of the web, a folder that may get
 * another file, a recipe that a program wrote. A package has one content for good.
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
        if (path !== "") return undefined;
        files.push(pathOfUrl(url));
        cards.add(pathOfUrl(cardOf(new URL(url), false)));
      }
    }
  }
  return { files, lock: lockPath(source), ...cards.size > 0 && { cards: [...cards] } };
}
