/** The shapes of a model's inputs: as the file has them, where it leaves sizes open as the recipe says. */
import { quotedJson } from "../../../engine/quote.ts";
import { isExtent } from "../../model/kinds/check.ts";
import type { Shape } from "../../model/layers.ts";
import type { AskedModel } from "../asked.ts";
import { UnreadableModelError } from "../format.ts";
import { configOf } from "./config.ts";
import type { Topology, TopologyNode } from "./topology.ts";

/** As the file has it: a whole number for each extent that is not open. */
type OpenShape = readonly unknown[];

/** Sizes that help shows in the place of open ones: of an image, of a sequence. */
const SHOWN = { image: 32, sequence: 64 } as const;

/**
 * The shape of each input, without the batch. The first, which reads the samples, is of the size that is asked for; open
 * sizes of the others are those of the first along the same axis. Throws an UnreadableModelError for what stays open.
 */
export function inputShapes(
  { nodes, inputs }: Topology,
  { input }: Pick<AskedModel, "input">,
): ReadonlyMap<string, Shape> {
  const layers = nodes.filter(({ className }) => className === "InputLayer");
  const first = layers.find(({ name }) => name === inputs[0]) ?? layers[0];
  const shapes = new Map<string, Shape>();
  if (first === undefined) return shapes;
  const samples = sampleShape(first, input);
  shapes.set(first.name, samples);
  for (const layer of layers) {
    if (layer !== first) shapes.set(layer.name, followed(layer, first.name, samples));
  }
  return shapes;
}

function sampleShape(node: TopologyNode, asked: readonly number[] | undefined): Shape {
  const shape = writtenShape(node);
  if (asked === undefined) {
    if (isWhole(shape)) return shape;
    const size = shape.length === 3 ? SHOWN.image : SHOWN.sequence;
    throw open(
      node,
      shape,
      `give its size in the recipe: input: ${
        quotedJson(shape.map((extent) => isExtent(extent) ? extent : size)).replaceAll(",", ", ")
      }`,
    );
  }
  if (asked.length === shape.length) return asked;
  throw new UnreadableModelError(
    `The model reads samples of ${shape.length} axes, ${quotedJson(shape)}, not of ${asked.length}`,
    { field: "input" },
  );
}

/** Open sizes are those of the samples along the same axis. */
function followed(node: TopologyNode, samples: string, sizes: Shape): Shape {
  const shape = writtenShape(node);
  const along = shape.length === sizes.length
    ? shape.map((extent, axis) => isExtent(extent) ? extent : sizes[axis]!)
    : shape;
  if (isWhole(along)) return along;
  throw open(node, shape, `its sizes are taken from \`${samples}\` where both have as many axes`);
}

const isWhole = (shape: OpenShape): shape is readonly number[] => shape.every(isExtent);

function open(node: TopologyNode, shape: OpenShape, help: string): UnreadableModelError {
  const { message } = wrong(node, `the input's shape is open: ${quotedJson(shape)}`);
  return new UnreadableModelError(message, { help });
}

const wrong = ({ name, className, config }: TopologyNode, why: string): UnreadableModelError =>
  configOf(name, className, config).wrong(why);

function writtenShape(node: TopologyNode): OpenShape {
  const { config } = node;
  const shape = config.batch_input_shape ?? config.batch_shape;
  if (!Array.isArray(shape)) throw wrong(node, "the shape of the model's input is not given");
  return shape.slice(1);
}
