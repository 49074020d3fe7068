/** MobileNet v1 (Howard et al. 2017, table 1): depthwise separable blocks, relu, with a stem for small images. */
import { Type } from "../../../engine/op.ts";
import type { Layer } from "../model.ts";
import { convolution, depthwise, INPUT, network, norm, pooledHead } from "./block.ts";
import { assertImage, family, scaled, SMALL_IMAGE, widthField } from "./family.ts";

/** Output channels of the published blocks, at width 1. */
const CHANNELS = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024];
/** The published blocks, counted from 1, that halve the image. */
const HALVING = new Set([2, 4, 6, 12]);
const STEM_CHANNELS = 32;

/**
 * `stem`, then the first `depth` published blocks `block1.depthwise`, `block1.pointwise` …, each convolution
 * followed by its `.norm`; channels ⌊c · width⌋. 4,253,864 parameters and 568,740,352 MACs at full size on 224×224×3
 * and 1,000 classes.
 */
export const mobilenetV1 = family({
  options: Type.Object({
    depth: Type.Integer({
      minimum: 1,
      maximum: CHANNELS.length,
      default: CHANNELS.length,
      description: "The number of published blocks that are built, from the input",
    }),
    width: widthField,
  }, { description: "MobileNet v1: depthwise separable convolutions" }),
  build(input, outputs, { depth, width }) {
    assertImage("mobilenet-v1", input);
    const stride = Math.min(input[0]!, input[1]!) < SMALL_IMAGE ? 1 : 2;
    const stem = { filters: scaled(STEM_CHANNELS, width), size: 3, stride };
    const layers: Layer[] = [convolution("stem", INPUT, stem), norm("stem", "relu")];
    for (const [index, channels] of CHANNELS.slice(0, depth).entries()) {
      const name = `block${index + 1}`;
      layers.push(...separable(name, layers.at(-1)!.name, {
        filters: scaled(channels, width),
        stride: HALVING.has(index + 1) ? 2 : 1,
      }));
    }
    return network("mobilenet-v1", input, [...layers, ...pooledHead(layers.at(-1)!.name, outputs)]);
  },
});

function separable(
  name: string,
  input: string,
  { filters, stride }: { filters: number; stride: number },
): readonly Layer[] {
  const spatial = depthwise(`${name}.depthwise`, input, { size: 3, stride });
  const between = norm(spatial.name, "relu");
  const pointwise = convolution(`${name}.pointwise`, between.name, { filters, size: 1 });
  return [spatial, between, pointwise, norm(pointwise.name, "relu")];
}
