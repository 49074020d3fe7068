/** Wide residual networks for small images (Zagoruyko and Komodakis 2016, table 1): pre-activation blocks. */
import { LARGEST, Type } from "../../../engine/op.ts";
import type { Layer } from "../model.ts";
import { convolution, INPUT, network, normOf, pooledHead } from "./block.ts";
import { assertImage, dropoutField, family } from "./family.ts";

const STEM_CHANNELS = 16;
const CHANNELS = [16, 32, 64];

/**
 * `stem`; three stages of (depth − 4) / 6 blocks `stage1.block1` with channels 16, 32, 64 × widen, each stage but the
 * first halving the image; a block is `.norm1`, `.conv1`, `.norm2`, `.conv2`, `.add`, with `.dropout` between the
 * convolutions where the rate is above 0, and `.shortcut` where the shape changes, which then reads `.norm1` too;
 * `head.norm` before the pooling. WRN-28-10 has 36,479,194 trained parameters on 32×32×3 and 10 classes.
 */
export const wideResnet = family({
  options: Type.Object({
    depth: Type.Integer({
      minimum: 10,
      maximum: LARGEST.layers,
      description: "The number of weighted layers, 6n + 4 (10, 16, 22, 28, 40 …)",
    }),
    widen: Type.Integer({
      minimum: 1,
      maximum: 16,
      default: 1,
      description: "How many times wider than a plain residual network every block is",
    }),
    dropout: dropoutField,
  }, { description: "A wide residual network for small images, batch normalisation first" }),
  build(input, outputs, { depth, widen, dropout }) {
    assertImage("wide-resnet", input);
    const blocks = (depth - 4) / 6;
    if (!Number.isInteger(blocks)) {
      throw new RangeError(
        `depth of a wide-resnet is 6n + 4 (10, 16, 22, 28, 40 …); this is ${depth}`,
      );
    }
    const layers: Layer[] = [convolution("stem", INPUT, { filters: STEM_CHANNELS, size: 3 })];
    let present = STEM_CHANNELS;
    for (const [stage, channels] of CHANNELS.entries()) {
      const filters = channels * widen;
      for (let index = 0; index < blocks; index++) {
        const stride = stage > 0 && index === 0 ? 2 : 1;
        const shape = { filters, stride, changes: stride !== 1 || filters !== present, dropout };
        layers.push(...block(`stage${stage + 1}.block${index + 1}`, layers.at(-1)!.name, shape));
        present = filters;
      }
    }
    layers.push(normOf(layers.at(-1)!.name, "head.norm", "relu"));
    return network("wide-resnet", input, [...layers, ...pooledHead("head.norm", outputs)]);
  },
});

function block(
  name: string,
  input: string,
  { filters, stride, changes, dropout }: {
    readonly filters: number;
    readonly stride: number;
    readonly changes: boolean;
    readonly dropout: number;
  },
): readonly Layer[] {
  const before = normOf(input, `${name}.norm1`, "relu");
  const first = convolution(`${name}.conv1`, before.name, { filters, size: 3, stride });
  const layers: Layer[] = [before, first, normOf(first.name, `${name}.norm2`, "relu")];
  if (dropout > 0) {
    const inputs = [layers.at(-1)!.name];
    layers.push({ name: `${name}.dropout`, kind: "dropout", inputs, rate: dropout });
  }
  const second = convolution(`${name}.conv2`, layers.at(-1)!.name, { filters, size: 3 });
  layers.push(second);
  let skip = input;
  if (changes) {
    skip = `${name}.shortcut`;
    layers.push(convolution(skip, before.name, { filters, size: 1, stride }));
  }
  const inputs = [second.name, skip];
  return [...layers, { name: `${name}.add`, kind: "add", inputs, activation: "linear" }];
}
