/**
 * Code of one's own in the lists that parameters choose from: loss terms, augmentations, readers, families, formats,
 * metrics. A schema says by the annotation `x-own` which list a field chooses from. A step is given the definitions that
 * its parameters name, in these parameters, so that nothing is registered and two languages do not meet.
 */
import { given } from "../given.ts";
import { type Digest, digestOf } from "../digest.ts";
import type { TObject } from "../field.ts";
import type { Metric } from "../metrics.ts";
import type { OwnReference } from "../op.ts";

/** The lists, as `language` calls them. */
export type OwnList = "terms" | "augmentations" | "readers" | "families" | "formats" | "metrics";

/** One entry of one's own. */
export interface OwnEntry<D extends object = object, L extends OwnList = OwnList>
  extends OwnReference {
  readonly list: L;
  /** What a recipe may say of it; absent where it is only named. */
  readonly fields?: TObject;
  /** How the names of its files end, without the dot: a source that ends so is of this entry. */
  readonly suffixes?: readonly string[];
  /** What claims and reports know of it, where it is a metric. */
  readonly metric?: Metric;
  /** What it does. */
  readonly definition: D;
}

/** What every definition of one's own states. */
export interface OwnCode {
  /** As recipes write it: letters, digits and dashes. */
  readonly name: string;
  /**
   * Raised when equal inputs and options give other bytes. The key of a step that uses it also holds the text of its
   * functions, so what changes in them is seen by itself; a change behind an import, or in what a function closes over, is
   * seen only by the version.
   */
  readonly version: number;
  /** The URL of a module that exports it: `import.meta.url`. Without one only this thread has it. */
  readonly module?: string;
}

/** Names as they may stand in a recipe. */
const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/** An entry from what its definition states. Throws a TypeError where it has no name or version. */
export function ownEntry<D extends object, L extends OwnList>(
  list: L,
  { name, version, module }: OwnCode,
  written: object,
  made: Pick<OwnEntry<D>, "fields" | "suffixes" | "metric" | "definition">,
): OwnEntry<D, L> {
  if (!NAME.test(name)) {
    throw new TypeError(
      `Cannot define ${JSON.stringify(name)}: a name is of small letters, digits and dashes`,
    );
  }
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new TypeError(`Cannot define "${name}": say version: 1, and raise it when it changes`);
  }
  return { list, name, version, code: codeOf(written), ...given({ module }), ...made };
}

/** The digest of the text of all functions of a definition, by where they stand in it. */
function codeOf(written: object): Digest {
  const texts: string[] = [];
  const collect = (value: unknown, path: string): void => {
    if (typeof value === "function") {
      texts.push(`${path} ${Function.prototype.toString.call(value)}`);
    } else if (typeof value === "object" && value !== null) {
      for (const name of Object.keys(value).sort()) {
        collect((value as Record<string, unknown>)[name], `${path}.${name}`);
      }
    }
  };
  collect(written, "");
  return digestOf(new TextEncoder().encode(JSON.stringify(texts)));
}

/** Where the definition that an object of parameters chooses stands in it. */
export const DEFINITION: unique symbol = Symbol("definition");
/** Where the entries that a step's parameters name in texts stand in them. */
export const ENTRIES: unique symbol = Symbol("entries");

/** The definition that parameters choose by their tag; undefined where it came with Decant. */
export function chosenDefinition<D>(params: object): D | undefined {
  return (params as { readonly [DEFINITION]?: D })[DEFINITION];
}

/** The entries of a list that a step's parameters name in texts, by name or by the ending of a source. */
export function namedEntries<D extends object>(
  params: object,
  list: OwnList,
): readonly OwnEntry<D>[] {
  const { [ENTRIES]: entries = [] } = params as { readonly [ENTRIES]?: readonly OwnEntry[] };
  return entries.filter((entry): entry is OwnEntry<D> => entry.list === list);
}

/** Whether a source's name ends as files of an entry do, `.gz` aside. */
export function endsAs({ suffixes = [] }: Pick<OwnEntry, "suffixes">, source: string): boolean {
  const plain = source.replace(/#.*$/, "").replace(/\.gz$/i, "").toLowerCase();
  return suffixes.some((suffix) => plain.endsWith(`.${suffix}`));
}
