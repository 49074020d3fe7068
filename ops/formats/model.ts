/** The op `model`: a fresh model of a family of the zoo. */
import {
  Choice,
  defineOp,
  LARGEST,
  type ModelFacts,
  ParameterError,
  Source,
  type TObject,
  Type,
} from "../../engine/op.ts";
import { chosenDefinition } from "../../engine/own/entry.ts";
import { modelKind } from "../model/kind.ts";
import { endedBy, type Probabilities, probabilitiesField } from "../model/probabilities.ts";
import { modelFacts, sizeOf } from "../model/layers.ts";
import type { Architecture } from "../model/model.ts";
import { families } from "../model/zoo/families.ts";
import type { Family } from "../model/zoo/family.ts";
import { assertAttributes, assertLayersOfKinds } from "../model/zoo/own_layers.ts";

/** Of a sample. */
const MOST_AXES = 3;

const shared = {
  input: Type.Optional(Type.Array(Type.Integer({ minimum: 1, maximum: LARGEST.units }), {
    minItems: 1,
    maxItems: MOST_AXES,
    description:
      "The shape of one sample, [height, width, channels] or [features]; default: the data's",
  })),
  outputs: Type.Optional(Type.Integer({
    minimum: 1,
    maximum: LARGEST.units,
    description: "The width of the answer: classes or targets; default: the data's",
  })),
  probabilities: Type.Optional(probabilitiesField),
  seed: Type.Integer({
    minimum: 0,
    maximum: LARGEST.seed,
    default: 0,
    description: "The seed of the first weights; default: the recipe's",
  }),
  weights: Type.Optional(Source({
    description:
      "A safetensors file of weights to start from: by this project's names, or as published checkpoints have them (bert; torchvision's resnet-imagenet, mobilenet-v2 and mobilenet-v3)",
  })),
};

type Families = typeof families;
type FamilyAlternatives = {
  [F in keyof Families]: Families[F]["options"] extends TObject<infer P>
    ? TObject<P & typeof shared>
    : never;
};

const alternatives = Object.fromEntries(
  Object.entries(families).map(([name, { options }]) => [
    name,
    Type.Object({ ...options.properties, ...shared }, { description: options.description! }),
  ]),
) as unknown as FamilyAlternatives;

/** What any family's parameters have. */
interface Parameters {
  readonly use: keyof Families;
  readonly input?: readonly number[];
  readonly outputs?: number;
  readonly vocabulary?: number;
  readonly weights?: string;
  readonly probabilities?: Probabilities;
}

/** The structure these parameters name; undefined while the data's shape is open. */
function structure(params: Parameters): Architecture | undefined {
  const { use, input, outputs, vocabulary } = params;
  const own = chosenDefinition<Family>(params);
  const family: Family = own ?? families[use];
  const wordless = "vocabulary" in family.options.properties && vocabulary === undefined;
  if (input === undefined || outputs === undefined || wordless) return undefined;
  // What a recipe writes is validated; what data say may be anything.
  const extents = [...input, outputs];
  const sound = input.length >= 1 && input.length <= MOST_AXES &&
    extents.every((extent) => Number.isInteger(extent) && extent >= 1 && extent <= LARGEST.units);
  if (!sound) {
    throw new RangeError(
      `${use} is made for samples of one to ${MOST_AXES} axes, each of 1 to ${LARGEST.units}; the data have samples of ${
        input.join("×")
      } and ${outputs} outputs`,
    );
  }
  const built = family.build(input, outputs, { ...params });
  if (own !== undefined) assertLayersOfKinds(built);
  return endedBy(built, params.probabilities);
}

/** The facts of a network that memory can hold. Throws a ParameterError for another, before any of it is there. */
function buildable(facts: ModelFacts): ModelFacts {
  const { parameters = 0, layers = [] } = facts;
  const widest = layers.find(({ shape }) => sizeOf(shape) > LARGEST.values);
  if (parameters <= LARGEST.parameters && widest === undefined) return facts;
  throw new ParameterError(
    "too-large",
    "",
    widest === undefined
      ? `the network would have ${parameters} parameters; ${LARGEST.parameters} is the most`
      : `\`${widest.name}\` would give ${sizeOf(widest.shape)} numbers for each sample; ` +
        `${LARGEST.values} is the most`,
    "fewer or narrower layers, or smaller samples",
  );
}

/** A model of the zoo with random weights, or those of a file. */
export const build = defineOp({
  name: "model",
  version: 1,
  summary: "Builds a network of the zoo with random weights, or with those of a file",
  inputs: {},
  output: modelKind,
  params: Choice(alternatives, {
    description: "The family of networks and its options",
    own: { list: "families", shared },
  }),
  example: { use: "mlp", hidden: [4], input: [3], outputs: 2 },
  random: true,
  source: ({ weights }) => weights === undefined ? [] : [weights],
  facts(_inputs, params): ModelFacts {
    const learned = params.weights !== undefined;
    const state = { learned, established: {} };
    try {
      const architecture = structure(params);
      if (architecture !== undefined) return buildable(modelFacts(architecture, state));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new ParameterError("shape-mismatch", "", error.message);
    }
    return { kind: "model", learned, family: params.use, established: [] };
  },
  async run(_inputs, params, context) {
    const architecture = structure(params);
    if (architecture === undefined) {
      throw new Error("internal: a model was to be built before its input and outputs were known");
    }
    if (chosenDefinition(params) !== undefined) await assertAttributes(architecture);
    if (params.weights !== undefined) {
      const { loadWeights } = await import("./safetensors/load_weights.ts");
      return await loadWeights(architecture, params.weights, params.seed, context);
    }
    const { initialModel } = await import("../model/initialize.ts");
    return initialModel(architecture, params.seed);
  },
});
