/** A model out of a Keras topology and the weights that a file has for it, whatever the file is. */
import { quoted } from "../../../engine/quote.ts";
import { sameShape, show } from "../../../engine/shape.ts";
import { weightSlots } from "../../model/layers.ts";
import type { Model } from "../../model/model.ts";
import { UnreadableModelError } from "../format.ts";
import type { AskedModel } from "../asked.ts";
import { assemble, type FileWeight, type KerasVersion } from "./assembly.ts";
import { chosenTopology } from "./chosen.ts";
import { readKerasLayer } from "./classes/mod.ts";
import type { Topology } from "./topology.ts";

/** What a file has beside the network. */
interface KerasFile {
  readonly weights: ReadonlyMap<string, FileWeight>;
  readonly keras: KerasVersion;
  readonly classes?: readonly string[];
  readonly asked?: AskedModel;
}

/**
 * The model; `classes` are the names of what it tells apart. Activations join the layers they follow; a last softmax or
 * sigmoid becomes the head; `Rescaling` behind the input becomes the preprocessing; layers of nested models are named
 * `<model>.<layer>`, further uses of a layer `<layer>-2`, tied to the first. Throws an UnreadableModelError that names the layer it stumbled over.
 */
export function kerasModel(
  topology: Topology,
  { weights, keras, classes = [], asked = {} }: KerasFile,
): Model {
  const chosen = chosenTopology(topology, asked);
  const model = assemble(chosen, { weights, keras, asked }, readKerasLayer);
  for (const { name, shape } of weightSlots(model)) {
    const found = model.weights[name]!.shape;
    if (sameShape(found, shape)) continue;
    throw new UnreadableModelError(
      `Cannot read weight ${quoted(name)}: its shape is ${show(found)}, the layer needs ${
        show(shape)
      }`,
    );
  }
  return { ...model, classes, established: {}, learned: true, quantization: null };
}
