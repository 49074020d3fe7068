/**
 * Steps that Keras 3 writes among the layers of a model to say which rows are hidden: `NotEqual`, `Any` … of what an
 * Embedding or a Masking reads. They follow from those layers, so that they are left out; who is handed one is noted.
 */
import { isJsonObject, type JsonObject, textIn } from "../json_object.ts";
import { maskArguments, type Reference, references } from "./references.ts";

/** The operations that they are made of. */
const STEPS: ReadonlySet<string> = new Set(
  "NotEqual Any LogicalOr LogicalAnd ExpandDims ZerosLike OnesLike Concatenate".split(" "),
);

/** A layer of a file, and what each of its uses reads as values. */
export interface UsedLayer {
  readonly layer: JsonObject;
  readonly name: string;
  readonly uses: readonly (readonly Reference[])[];
}

/** Layers without the steps. */
interface Unmasked {
  readonly layers: readonly UsedLayer[];
  /** Names of what the masks of a use are made of: what its steps compare, or what is a mask by itself. */
  comparedBy(name: string, use: number): readonly string[];
}

/** Leaves out the steps: operations that nothing reads but other steps, and layers as their masks. */
export function withoutMaskSteps(
  all: readonly UsedLayer[],
  outputs: readonly Reference[],
): Unmasked {
  const byName = new Map(all.map((each) => [each.name, each]));
  const steps = stepsIn(all, outputs);
  const comparedBy = (name: string, use: number) => {
    const found = new Set<string>();
    // A set gives what is added while it is walked, too.
    const reached = new Set(masksOf(byName.get(name)!.layer, use).map(({ layer }) => layer));
    for (const at of reached) {
      const step = steps.has(at) ? byName.get(at) : undefined;
      const [first, ...others] = (step?.uses[0] ?? []).map(({ layer }) => layer);
      if (step === undefined || first === undefined) found.add(at);
      else if (step.layer.class_name === "NotEqual") found.add(first);
      else {[first, ...others].filter((each) => steps.has(each)).forEach((each) =>
          reached.add(each)
        );}
    }
    return [...found];
  };
  return { layers: all.filter(({ name }) => !steps.has(name)), comparedBy };
}

function stepsIn(
  all: readonly UsedLayer[],
  outputs: readonly Reference[],
): ReadonlySet<string> {
  const steps = new Set(all.filter(({ layer }) => isStep(layer)).map(({ name }) => name));
  outputs.forEach(({ layer }) => steps.delete(layer));
  // What a layer reads as a value is none; nor is what such an operation reads.
  for (let before = -1; before !== steps.size;) {
    before = steps.size;
    for (const { name, uses } of all) {
      if (!steps.has(name)) uses.flat().forEach(({ layer }) => steps.delete(layer));
    }
  }
  return steps;
}

function isStep({ module, class_name: className }: JsonObject): boolean {
  return typeof module === "string" && module.startsWith("keras.src.ops") &&
    STEPS.has(textIn(className));
}

function callOf({ inbound_nodes: uses }: JsonObject, use: number): JsonObject {
  const call: unknown = Array.isArray(uses) ? uses[use] : undefined;
  return isJsonObject(call) ? call : {};
}

function masksOf(layer: JsonObject, use: number): readonly Reference[] {
  return references(maskArguments(callOf(layer, use).kwargs));
}

/** Whether attention is called so that no query sees keys behind its own place. */
export function isCalledCausal(layer: JsonObject): boolean {
  const { inbound_nodes: uses } = layer;
  if (!Array.isArray(uses)) return false;
  return uses.some((_, use) => {
    const { kwargs } = callOf(layer, use);
    return isJsonObject(kwargs) && kwargs["use_causal_mask"] === true;
  });
}
