/** Plain stacks of 3×3 convolutions, normalised, with max pooling between groups: VGG and the assistants' paper's. */
import { Type } from "../../../engine/op.ts";
import type { Layer } from "../model.ts";
import {
  convolution,
  denseHead,
  flattened,
  halved,
  INPUT,
  network,
  norm,
  pooledHead,
} from "./block.ts";
import { assertImage, family, scaled, widthField } from "./family.ts";

/** Channels of the convolutions of each group; behind each group the image is halved. */
type Groups = readonly (readonly number[])[];
/** The groups by the network's depth. */
type Published = Readonly<Record<string, Groups>>;

const VGG: Published = {
  8: [[64], [128], [256], [512], [512]],
  11: [[64], [128], [256, 256], [512, 512], [512, 512]],
  13: [[64, 64], [128, 128], [256, 256], [512, 512], [512, 512]],
  16: [[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]],
  19: [[64, 64], [128, 128], [256, 256, 256, 256], [512, 512, 512, 512], [512, 512, 512, 512]],
};

/**
 * The form for small images with batch normalisation and one dense layer, that of the distillation papers (Simonyan
 * and Zisserman 2015, table 1, for the groups): `group1.conv1 …`, `group1.pool`, `head.pool`, `head.dense`. VGG-16 on
 * 32×32×3 and 10 classes has 14,724,042 trained parameters.
 */
export const vgg = family({
  options: Type.Object({
    depth: depthField(VGG, "The number of weighted layers of the published network"),
    width: widthField,
  }, { description: "VGG for small images: 3×3 convolutions with batch normalisation" }),
  build(input, outputs, { depth, width }) {
    const layers = stacked("vgg", input, at("vgg", VGG, depth), width);
    return network("vgg", input, [...layers, ...pooledHead(layers.at(-1)!.name, outputs)]);
  },
});

const PLAIN: Published = {
  2: [[16], [16]],
  4: [[16, 16], [32, 32]],
  6: [[16, 16], [32, 32], [64, 64]],
  8: [[16, 16], [32, 32], [64, 64], [128, 128]],
  10: [[32, 32], [64, 64], [128, 128], [256, 256, 256, 256]],
};
/** Units of the hidden dense layer, where the published network has one. */
const PLAIN_DENSE: Readonly<Record<string, readonly number[]>> = { 8: [64], 10: [128] };

/**
 * The plain networks of teacher-assistant distillation (Mirzadeh et al. 2020, the CIFAR-10 column) with batch
 * normalisation: `group1.conv1 …`, `group1.pool`; `flatten`, `dense1` in the two deepest; `head.dense`.
 */
export const plainCnn = family({
  options: Type.Object({
    depth: depthField(PLAIN, "The number of convolutions of the published network"),
    width: widthField,
  }, { description: "The plain networks of the teacher-assistant paper" }),
  build(input, outputs, { depth, width }) {
    const hidden = (PLAIN_DENSE[depth] ?? []).map((units) => scaled(units, width));
    const layers = stacked("plain-cnn", input, at("plain-cnn", PLAIN, depth), width);
    const flat = flattened(layers.at(-1)!.name, hidden);
    return network("plain-cnn", input, [
      ...layers,
      flat,
      ...denseHead(flat.name, hidden, 0, outputs),
    ]);
  },
});

function depthsOf(published: Published): readonly number[] {
  return Object.keys(published).map(Number);
}

function at(name: string, published: Published, depth: number): Groups {
  const groups = published[depth];
  if (groups !== undefined) return groups;
  const depths = depthsOf(published).join(", ");
  throw new RangeError(`depth of a ${name} is one of ${depths}; this is ${depth}`);
}

function depthField(published: Published, what: string) {
  const depths = depthsOf(published);
  return Type.Integer({
    minimum: Math.min(...depths),
    maximum: Math.max(...depths),
    description: `${what}: ${depths.join(", ")}`,
  });
}

/** The groups, each behind its max pooling while the image has two pixels a side to halve. */
function stacked(
  name: string,
  input: readonly number[],
  groups: Groups,
  width: number,
): readonly Layer[] {
  assertImage(name, input);
  const layers: Layer[] = [];
  let last = INPUT;
  let side = Math.min(input[0]!, input[1]!);
  for (const [group, filters] of groups.entries()) {
    for (const [index, channels] of filters.entries()) {
      const shape = { filters: scaled(channels, width), size: 3 };
      const layer = convolution(`group${group + 1}.conv${index + 1}`, last, shape);
      const normal = norm(layer.name, "relu");
      layers.push(layer, normal);
      last = normal.name;
    }
    if (side < 2) continue;
    const pool = { ...halved(last), name: `group${group + 1}.pool` };
    layers.push(pool);
    last = pool.name;
    side = Math.floor(side / 2);
  }
  return layers;
}
