/** What files of a model apply to its answers, which depends on the task that it is made for. */
import { OneOf, type Static } from "../../engine/field.ts";
import type { Architecture } from "./model.ts";

/** The `probabilities` field. */
export const probabilitiesField = OneOf(["softmax", "sigmoid", "none"], {
  description:
    "What exported files apply to the answers: softmax for one class, sigmoid for any number of labels, none for numbers; " +
    "default: as the task of the data is, softmax without data",
});

/** One of them. */
export type Probabilities = Static<typeof probabilitiesField>;

/** The network with another function behind its answers, where they are those of a classifier; others keep their own. */
export function endedBy(network: Architecture, by: Probabilities | undefined): Architecture {
  return by === undefined || network.head !== "softmax" ? network : { ...network, head: by };
}
