/** SqueezeNet 1.1 (Iandola et al. 2016, and its authors' release of half the work): fire modules. */
import { Type } from "../../../engine/op.ts";
import type { Layer, LayerOf } from "../model.ts";
import { convolution, INPUT, network, pooledHead } from "./block.ts";
import { assertImage, dropoutField, family, scaled, SMALL_IMAGE, widthField } from "./family.ts";

/** Per fire module the channels of its squeeze and of each of its two expansions; `pool`: max pooling before it. */
const FIRES = [
  { squeeze: 16, expand: 64, pool: true },
  { squeeze: 16, expand: 64, pool: false },
  { squeeze: 32, expand: 128, pool: true },
  { squeeze: 32, expand: 128, pool: false },
  { squeeze: 48, expand: 192, pool: true },
  { squeeze: 48, expand: 192, pool: false },
  { squeeze: 64, expand: 256, pool: false },
  { squeeze: 64, expand: 256, pool: false },
];
const STEM_CHANNELS = 64;

/**
 * `stem`; eight modules `fire1 …`, each `.squeeze` (1×1), `.expand1`, `.expand3` and `.concat`, with max pooling
 * `fire1.pool` 3×3 by 2 before the first, third and fifth; `head.pool`, `head.dense`. The published 1×1 convolution
 * before the global average is the dense layer behind it, as the average commutes with it. The published rectifier
 * between them, which would keep logits from being negative, is left out. 1,235,496 parameters on 224×224×3 and 1,000
 * classes.
 */
export const squeezenet = family({
  options: Type.Object({ width: widthField, dropout: dropoutField }, {
    description: "SqueezeNet 1.1: fire modules, no batch normalisation",
  }),
  build(input, outputs, { width, dropout }) {
    assertImage("squeezenet", input);
    const stride = Math.min(input[0]!, input[1]!) < SMALL_IMAGE ? 1 : 2;
    const stem = { filters: scaled(STEM_CHANNELS, width), size: 3, stride };
    const layers: Layer[] = [rectified("stem", INPUT, stem)];
    for (const [index, { squeeze, expand, pool }] of FIRES.entries()) {
      const name = `fire${index + 1}`;
      if (pool) layers.push(overlapping(`${name}.pool`, layers.at(-1)!.name));
      const channels = { squeeze: scaled(squeeze, width), expand: scaled(expand, width) };
      layers.push(...fire(name, layers.at(-1)!.name, channels));
    }
    if (dropout > 0) {
      const inputs = [layers.at(-1)!.name];
      layers.push({ name: "head.dropout", kind: "dropout", inputs, rate: dropout });
    }
    return network("squeezenet", input, [...layers, ...pooledHead(layers.at(-1)!.name, outputs)]);
  },
});

function rectified(
  name: string,
  input: string,
  shape: { readonly filters: number; readonly size: number; readonly stride?: number },
): LayerOf<"conv"> {
  return { ...convolution(name, input, shape), bias: true, activation: "relu" };
}

function overlapping(name: string, input: string): LayerOf<"max-pool"> {
  const window = { size: [3, 3], strides: [2, 2], dilations: [1, 1] } as const;
  return { name, kind: "max-pool", inputs: [input], ...window, padding: "same" };
}

function fire(
  name: string,
  input: string,
  channels: { readonly squeeze: number; readonly expand: number },
): readonly Layer[] {
  const squeeze = rectified(`${name}.squeeze`, input, { filters: channels.squeeze, size: 1 });
  const expand = [1, 3].map((size) =>
    rectified(`${name}.expand${size}`, squeeze.name, { filters: channels.expand, size })
  );
  const inputs = expand.map((layer) => layer.name);
  return [squeeze, ...expand, { name: `${name}.concat`, kind: "concat", inputs }];
}
