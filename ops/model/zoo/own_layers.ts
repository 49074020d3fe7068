/** Layers that a family of one's own lists, held against the definitions of their kinds. */
import { given } from "../../../engine/given.ts";
import { listed, quoted, quotedJson } from "../../../engine/quote.ts";
import { kindNamed, kinds, type Layer } from "../kinds/mod.ts";
import type { Architecture } from "../model.ts";

/** What a layer may have beside the attributes of its kind. */
const COMMON: ReadonlySet<string> = new Set(["name", "kind", "inputs", "tied"]);

/**
 * Throws a RangeError, in a sentence, where a layer is of no kind, lacks an attribute of its kind or has one that its kind
 * has not. The compiler says so where it is asked; a module that runs unchecked would go on with something else.
 */
export function assertLayersOfKinds({ layers }: Pick<Architecture, "layers">): void {
  for (const layer of layers) {
    const { name, kind } = layer;
    // A member that is undefined is left out, as everywhere.
    const members = given(layer);
    const definition = kindNamed(kind);
    if (definition === undefined) {
      const all = listed(kinds.map((each) => each.kind), kinds.length);
      throw new RangeError(
        `layer ${quoted(name)} is of kind ${quotedJson(kind)}; there are: ${all}`,
      );
    }
    const attributes = Object.keys(definition.attributes.properties);
    const unknown = Object.keys(members).find((each) =>
      !COMMON.has(each) && !attributes.includes(each)
    );
    if (unknown !== undefined) {
      throw new RangeError(
        `layer ${quoted(name)} has ${quoted(unknown)}; ${attributesOf(kind, attributes)}`,
      );
    }
    const needed: readonly string[] = definition.attributes.required ?? [];
    const missing = needed.find((each) => !Object.hasOwn(members, each));
    if (missing !== undefined) {
      throw new RangeError(
        `layer ${quoted(name)} lacks ${missing}; ${attributesOf(kind, attributes)}`,
      );
    }
  }
}

/** Throws a RangeError where an attribute has a value that it cannot have. It loads what checks values, so not at a start. */
export async function assertAttributes({ layers }: Pick<Architecture, "layers">): Promise<void> {
  const { unsoundAttribute } = await import("../kinds/check.ts");
  for (const layer of layers) {
    const odd = unsoundAttribute(layer);
    if (odd === undefined) continue;
    const value = (layer as Layer & Readonly<Record<string, never>>)[odd];
    throw new RangeError(`layer ${quoted(layer.name)}: its ${odd} cannot be ${quotedJson(value)}`);
  }
}

const attributesOf = (kind: string, attributes: readonly string[]): string =>
  attributes.length === 0
    ? `${kind} has no attributes`
    : `the attributes of ${kind} are ${attributes.join(", ")}`;
