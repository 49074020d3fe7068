/** Selectors: strings that name layers of a model. */

/** What a selector can see of a layer. `type` is one of the selector types; `name` has dots between groups. */
export interface NamedLayer {
  /** Groups and their own name, with dots between. */
  readonly name: string;
  /** `conv depthwise pointwise dense attention embedding recurrent batchnorm`, or another word nobody selects. */
  readonly type: string;
}

/** What stands in front of a selector that means the layers above. */
export const BEFORE = "before:";

/**
 * The names that one selector matches, in the model's order: a layer, a group (all in it), a glob, `type:…`,
 * `at:first`, `at:last` (first and last among `layers`), `before:…` (the layers above the first that another selector
 * matches). Empty when nothing matches.
 */
export function matchSelector(selector: string, layers: readonly NamedLayer[]): string[] {
  if (selector === "at:first") return layers.slice(0, 1).map((layer) => layer.name);
  if (selector === "at:last") return layers.slice(-1).map((layer) => layer.name);
  if (selector.startsWith(BEFORE)) {
    const [first] = matchSelector(selector.slice(BEFORE.length), layers);
    const above = layers.findIndex(({ name }) => name === first);
    return layers.slice(0, Math.max(0, above)).map((layer) => layer.name);
  }
  if (selector.startsWith("type:")) {
    const type = selector.slice("type:".length);
    return layers.filter((layer) => layer.type === type).map((layer) => layer.name);
  }
  const exact = (name: string) => name === selector || name.startsWith(`${selector}.`);
  const test = selector.includes("*") ? globTest(selector) : exact;
  return layers.filter((layer) => test(layer.name)).map((layer) => layer.name);
}

/** The union of selectors, minus the union of `exclude`, in the model's order. */
export function selectLayers(
  layers: readonly NamedLayer[],
  include: readonly string[] | undefined,
  exclude: readonly string[] = [],
): string[] {
  const union = (selectors: readonly string[]) =>
    new Set(selectors.flatMap((selector) => matchSelector(selector, layers)));
  const chosen = include === undefined
    ? new Set(layers.map((layer) => layer.name))
    : union(include);
  const left = union(exclude);
  return layers.map((layer) => layer.name).filter((name) => chosen.has(name) && !left.has(name));
}

/** A glob names a layer, or a group with all in it. Linear in the length of both, whatever the stars. */
function globTest(glob: string): (name: string) => boolean {
  const parts = glob.split("*");
  return (name) => {
    for (let end = name.indexOf("."); end >= 0; end = name.indexOf(".", end + 1)) {
      if (matchParts(parts, name.slice(0, end))) return true;
    }
    return matchParts(parts, name);
  };
}

/** Whether a text is these two or more parts in order with anything between; the first and the last at its ends. */
function matchParts(parts: readonly string[], text: string): boolean {
  const first = parts[0]!;
  const last = parts.at(-1)!;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
