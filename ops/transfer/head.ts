/** The op `head`: a model gets a new classifier behind one of its layers. */
import { given } from "../../engine/given.ts";
import { defineOp, input, type ModelFacts, ParameterError } from "../../engine/op.ts";
import { modelKind } from "../model/kind.ts";
import { architectureOf, modelFacts, shapesOf, show } from "../model/layers.ts";
import { type Layer, type Model, ROLES, weightName } from "../model/model.ts";
import { groupsIn } from "../model/part_of.ts";
import { baseOf, cutLayer } from "./base.ts";
import { headParams } from "./fields.ts";
import { withHead } from "./new_head.ts";

/** Cuts a model behind a layer and puts a fresh classifier there; it has to learn before it answers. */
export const head = defineOp({
  name: "head",
  version: 1,
  summary: "Puts a fresh classifier behind a layer of a model, in place of the old one",
  inputs: { model: input(modelKind, "The model whose layers are built on") },
  output: modelKind,
  numerics: "none",
  changes: "model",
  forgets: true,
  makes: "headed",
  alsoCalled: ["transfer"],
  refusedAfter: [{
    after: "quantize",
    because: "a new classifier would have no number format",
    help: "put head first, then quantize",
  }],
  params: headParams,
  example: { after: "dense1", hidden: [4], outputs: 3 },
  random: true,
  facts({ model }, params): ModelFacts {
    const { family, established, replaced = [], ...facts } = model as ModelFacts;
    assertFloats(established);
    const architecture = architectureOf(facts as ModelFacts);
    if (architecture === undefined || params.outputs === undefined) {
      return { kind: "model", learned: false, ...given({ family }), established };
    }
    const base = baseOf(architecture, cutLayer(architecture, params.after));
    assertKept(replaced, base.layers.map(({ name }) => name));
    const headed = withHead(base, { ...params, outputs: params.outputs });
    return {
      ...modelFacts(headed, { learned: false, established: {} }),
      established,
      ...given({ replaced: replaced.length > 0 ? replaced : undefined }),
    };
  },
  effect: ({ model }, output) => effectOf(model, output),
  async run({ model }, { outputs, ...params }) {
    if (outputs === undefined) {
      throw new Error("internal: a head was to be made before its outputs were known");
    }
    assertFloats(Object.keys(model.established));
    const { headed } = await import("./headed.ts");
    return headed(model, { ...params, outputs });
  },
});

/** What the new layers stand behind, and how much they answer. A layer is kept that reads the same as before. */
function effectOf(before: Model, after: Model): string {
  const stood = new Map(before.layers.map((layer) => [layer.name, JSON.stringify(layer)]));
  const isKept = (layer: Layer) =>
    stood.get(layer.name) === JSON.stringify(layer) &&
    ROLES.every((role) => {
      const name = weightName(layer.name, role);
      return before.weights[name] === after.weights[name];
    });
  const [first] = after.layers.filter((layer) => !isKept(layer));
  const [from] = first!.inputs;
  const shapes = shapesOf(after);
  const [answer] = after.outputs;
  const [group] = answer!.split(".");
  return `\`${group}\` behind \`${from}\` (${show(shapes[from!]!)}), ${
    shapes[answer!]!.at(-1)
  } outputs`;
}

function assertFloats(established: readonly string[]): void {
  if (!established.includes("format")) return;
  throw new ParameterError(
    "order",
    "model",
    "the model is quantized already, and a new classifier would have no number format",
    "put head first, then quantize",
  );
}

/** Throws where what `replace` made would be cut off. */
function assertKept(replaced: readonly string[], kept: readonly string[]): void {
  const left = groupsIn(new Set(kept), replaced);
  const lost = replaced.find((group) => !left.includes(group));
  if (lost === undefined) return;
  throw new ParameterError(
    "order",
    "after",
    `\`${lost}\`, which stands for what was replaced, would be cut off`,
    "put head first, then replace",
  );
}
