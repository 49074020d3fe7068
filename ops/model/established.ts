/**
 * What earlier steps established (zeros, clusters, channels, number format) and later steps must keep: a step whose model
 * has lost it fails.
 */
import { shapesOf } from "./layers.ts";
import type { Established, Model, Weight } from "./model.ts";
import { decodeWeight } from "./weights.ts";

/** One check for each established property: the sentence that says what does not hold in `after`, or undefined. */
type Checks = {
  readonly [P in keyof Required<Established>]: (before: Model, after: Model) => string | undefined;
};

const checks: Checks = {
  zeros: (before, after) =>
    firstOf(pairs(before, after), ([name, was, is]) => {
      if (was.mask === undefined) return undefined;
      if (is.mask === undefined) return `the mask of \`${name}\` is gone`;
      // Where channels went since, positions moved: what is left of the mask is all that can be asked.
      const must = was.mask.length === is.mask.length ? was.mask : is.mask;
      const values = decodeWeight(is);
      const filled = must.findIndex((keep, i) =>
        keep === 0 && (is.mask![i] !== 0 || values[i] !== 0)
      );
      return filled < 0 ? undefined : `\`${name}\` has pruned weights that are not zero any more`;
    }),
  clusters: (before, after) =>
    firstOf(pairs(before, after), ([name, was, is]) => {
      if (was.encoding.use !== "codebook") return undefined;
      const allowed = was.encoding.centroids.length;
      const values = is.encoding.use === "f32" ? is.data : decodeWeight(is);
      // The zeros of a mask that came later cost no cluster.
      const free = was.encoding.centroids.includes(0) ? undefined : is.mask;
      const found = new Set(free ? values.filter((_, i) => free[i] !== 0) : values).size;
      return found <= allowed
        ? undefined
        : `\`${name}\` has ${found} different values, it was clustered to ${allowed}`;
    }),
  channels: (before, after) => {
    const shapes = shapesOf(after);
    return firstOf(Object.entries(before.established.channels ?? {}), ([layer, left]) => {
      const now = shapes[layer]?.at(-1) ?? left;
      return now <= left ? undefined : `\`${layer}\` has ${now} channels, pruning had left ${left}`;
    });
  },
  replaced: (before, after) =>
    firstOf(before.established.replaced ?? [], (group) => {
      const stands = after.layers.some(({ name }) =>
        name === group || name.startsWith(`${group}.`)
      );
      return stands && after.established.replaced!.includes(group)
        ? undefined
        : `nothing is left of what replaced \`${group}\``;
    }),
  format: (before, after) =>
    firstOf(pairs(before, after), ([name, was, is]) => {
      const keeps = was.encoding.use === is.encoding.use &&
        (was.encoding.use !== "affine" || is.encoding.use !== "affine" ||
          was.encoding.bits === is.encoding.bits);
      return was.encoding.use === "f32" || keeps
        ? undefined
        : `\`${name}\` is not stored as ${before.established.format} any more`;
    }),
};

/**
 * Checks that what `before` had established holds in `after`, a later form of the same model; what a step removed
 * altogether is not checked. Returns a sentence that names what does not hold, or undefined.
 */
export function brokenInvariant(before: Model, after: Model): string | undefined {
  const names = Object.keys(before.established) as (keyof Established)[];
  return firstOf(
    names,
    (name) =>
      name in after.established
        ? checks[name](before, after)
        : `it forgot that ${name} were established`,
  );
}

function pairs(before: Model, after: Model): [name: string, was: Weight, is: Weight][] {
  return Object.entries(before.weights).flatMap(([name, was]) => {
    const is = after.weights[name];
    return is === undefined ? [] : [[name, was, is] as [string, Weight, Weight]];
  });
}

function firstOf<T>(items: readonly T[], check: (item: T) => string | undefined) {
  for (const item of items) {
    const sentence = check(item);
    if (sentence !== undefined) return sentence;
  }
  return undefined;
}
