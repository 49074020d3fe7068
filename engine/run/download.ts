/**
 * Large packages that a step makes Deno fetch: said with their size before they are. Deno keeps them in its cache and
 * fetches each once.
 */
import {
  CACHE_HOME_VARIABLE,
  DENO_VARIABLE,
  HOME_VARIABLE,
  isGranted,
  variable,
} from "../permission.ts";
import type { Node } from "../graph/graph.ts";
import type { Package } from "../op.ts";
import { bytesText } from "../size.ts";

/** Smaller downloads are not worth a sentence, bytes. */
const LARGE = 10e6;

/** What of the environment and of the disk may be looked at. */
interface Allowed {
  readonly variable: typeof variable;
  readonly isGranted: typeof isGranted;
}

/** A sentence on the large package that a step needs, where it is not in Deno's cache; undefined where there is none. */
export function downloadNotice(
  { op, step }: Node,
  allowed: Allowed = { variable, isGranted },
): string | undefined {
  const needed = op.fetches?.(step.params);
  if (needed === undefined || needed.bytes < LARGE || isCached(needed, allowed)) return undefined;
  const { specifier, bytes } = needed;
  return `\`${step.name}\` needs ${specifier}: Deno fetches ${bytesText(bytes)}, once`;
}

/** Whether a package lies in Deno's cache, whichever registry it came from; not, where that may not be looked up. */
function isCached({ specifier }: Package, { variable, isGranted }: Allowed): boolean {
  const folder = cacheFolder(variable);
  if (folder === undefined || !isGranted({ name: "read", path: folder })) return false;
  const [, name, version] = /^npm:(.+)@([^@]+)$/.exec(specifier)!;
  try {
    return [...Deno.readDirSync(`${folder}/npm`)].some((registry) =>
      isFolder(`${folder}/npm/${registry.name}/${name}/${version}`)
    );
  } catch {
    return false;
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** Where Deno keeps packages, by its own rules for Linux and macOS; undefined where that is not known. */
function cacheFolder(variable: Allowed["variable"]): string | undefined {
  const told = variable(DENO_VARIABLE);
  if (told !== undefined) return told;
  const home = variable(HOME_VARIABLE);
  if (Deno.build.os === "darwin") return home && `${home}/Library/Caches/deno`;
  const caches = variable(CACHE_HOME_VARIABLE) ?? (home && `${home}/.cache`);
  return caches && `${caches}/deno`;
}
