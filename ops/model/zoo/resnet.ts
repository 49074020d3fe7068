/** Residual networks for small images (He et al. 2016, "Deep residual learning", §4.2), 1×1 shortcuts. */
import { LARGEST, Type } from "../../../engine/op.ts";
import type { Layer } from "../model.ts";
import { convolution, INPUT, network, norm, pooledHead } from "./block.ts";
import { assertImage, family, scaled, widthField } from "./family.ts";

const CHANNELS = [16, 32, 64];

/**
 * `stem`; three stages of (depth − 2) / 6 blocks `stage1.block1`, channels 16, 32, 64 × width, each stage but the
 * first halving the image; a block is `.conv1`, `.conv2`, `.add`, and `.shortcut` where the shape changes; every
 * convolution is followed by its `.norm`.
 */
export const resnet = family({
  options: Type.Object({
    depth: Type.Integer({
      minimum: 8,
      maximum: LARGEST.layers,
      description: "The number of weighted layers, 6n + 2 (8, 14, 20, 26, 32 …)",
    }),
    width: widthField,
  }, { description: "A residual network for small images" }),
  build(input, outputs, { depth, width }) {
    assertImage("resnet", input);
    const blocks = (depth - 2) / 6;
    if (!Number.isInteger(blocks)) {
      throw new RangeError(`depth of a resnet is 6n + 2 (8, 14, 20, 26, 32 …); this is ${depth}`);
    }
    const channels = CHANNELS.map((count) => scaled(count, width));
    const stem = convolution("stem", INPUT, { filters: channels[0]!, size: 3 });
    const layers: Layer[] = [stem, norm("stem", "relu")];
    let present = channels[0]!;
    for (const [stage, filters] of channels.entries()) {
      for (let index = 0; index < blocks; index++) {
        const stride = stage > 0 && index === 0 ? 2 : 1;
        const changes = stride !== 1 || filters !== present;
        const name = `stage${stage + 1}.block${index + 1}`;
        layers.push(...block(name, layers.at(-1)!.name, { filters, stride, changes }));
        present = filters;
      }
    }
    return network("resnet", input, [...layers, ...pooledHead(layers.at(-1)!.name, outputs)]);
  },
});

function block(
  name: string,
  input: string,
  { filters, stride, changes }: {
    readonly filters: number;
    readonly stride: number;
    /** The shape, so that the sum needs a shortcut. */
    readonly changes: boolean;
  },
): readonly Layer[] {
  const first = convolution(`${name}.conv1`, input, { filters, size: 3, stride });
  const between = norm(first.name, "relu");
  const second = convolution(`${name}.conv2`, between.name, { filters, size: 3 });
  const residual = norm(second.name, "linear");
  const path = [first, between, second, residual];
  const sum = (skip: string): Layer => ({
    name: `${name}.add`,
    kind: "add",
    inputs: [residual.name, skip],
    activation: "relu",
  });
  if (!changes) return [...path, sum(input)];
  const shortcut = convolution(`${name}.shortcut`, input, { filters, size: 1, stride });
  const skip = norm(shortcut.name, "linear");
  return [...path, shortcut, skip, sum(skip.name)];
}
