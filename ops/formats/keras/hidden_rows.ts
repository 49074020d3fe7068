/** Which rows of the values of nodes are hidden from layers behind them. */
import type { Config } from "./config.ts";
import type { TopologyNode } from "./topology.ts";

/** A mask is a layer of the model that is 0 where rows are hidden; of most values there is none. */
export interface HiddenRows {
  /**
   * The masks of what a node reads. Throws an UnreadableModelError where the file hands it another, which does not come of
   * the same values.
   */
  masksOf(node: TopologyNode, config: Config): readonly (string | undefined)[];
  /** Notes the mask of a node's own value. One that is new comes of what the node reads. */
  hide(node: TopologyNode, mask: string | undefined): void;
}

/** None yet. */
export function hiddenRows(): HiddenRows {
  const masks = new Map<string, string | undefined>();
  const origins = new Map<string, string>();
  return {
    masksOf({ inputs, masked = [] }, config) {
      const found = inputs.map((input) => masks.get(input));
      const known = new Set(found.flatMap((mask) => mask === undefined ? [] : origins.get(mask)!));
      if (masked.every((each) => known.has(each))) return found;
      throw config.wrong("it is handed a mask of its own, which cannot be read");
    },
    hide({ name, inputs }, mask) {
      masks.set(name, mask);
      if (mask !== undefined && !origins.has(mask)) origins.set(mask, inputs[0]!);
    },
  };
}
