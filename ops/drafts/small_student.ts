/** A network of the zoo that is much smaller than a model and reads and answers the same. */
import type { Json } from "../../engine/digest.ts";
import { modelFacts, shapesOf, sizeOf } from "../model/layers.ts";
import type { Architecture, Model } from "../model/model.ts";
import { mobilenetV1 } from "../model/zoo/mobilenet_v1.ts";
import { resnet } from "../model/zoo/resnet.ts";
import { readsTokens } from "./draft_data.ts";

/** From this side on pictures are read by a network that strides early. */
const LARGE = 64;

/** A student has no more than this share of the model's parameters. */
const SHARE = 0.5;

/** A role's fields, and the network that they build. */
interface Student {
  readonly fields: Readonly<Record<string, Json>>;
  readonly network: Architecture;
}

/** The fields of a student for pictures or rows of numbers; undefined where none is small enough, or for others. */
export function smallStudent(model: Model): Readonly<Record<string, Json>> | undefined {
  const { inputs, outputs } = model;
  const shape = inputs[0]!.shape;
  if (inputs.length > 1 || outputs.length > 1 || readsTokens(model)) return undefined;
  const answers = sizeOf(shapesOf(model)[outputs[0]!]!);
  const { parameters } = modelFacts(model, model);
  if (shape.length === 1) return ofRows(parameters, shape[0]! + answers);
  const students = shape.length === 3 ? ofPictures(shape, answers) : [];
  return students.find(({ network }) => modelFacts(network, model).parameters <= SHARE * parameters)
    ?.fields;
}

/** The largest first. */
function ofPictures(shape: readonly number[], answers: number): readonly Student[] {
  const large = Math.min(...shape.slice(0, 2)) >= LARGE;
  return [0.5, 0.25].map((width) => {
    const options = { depth: large ? 13 : 8, width };
    const [use, family] = large ? ["mobilenet-v1", mobilenetV1] : ["resnet", resnet];
    return { fields: { use, ...options }, network: family.build(shape, answers, options) };
  });
}

/** One hidden layer, with an eighth of the parameters, between as many inputs and answers. */
function ofRows(parameters: number, ends: number): Student["fields"] | undefined {
  const units = Math.floor(parameters / 8 / (ends + 1));
  return units < 2 ? undefined : { use: "mlp", hidden: [units] };
}
