/** The layers of a new classifier behind some value: pooling, hidden layers, logits. */
import { ParameterError } from "../../engine/op.ts";
import { isAttention } from "../model/kinds/attention.ts";
import { type Shape, shapesOf, show, weightSlots } from "../model/layers.ts";
import type { Architecture, Layer } from "../model/model.ts";
import type { HeadParams } from "./fields.ts";

/** What is asked of the new layers. */
type NewHeadParams = Pick<HeadParams, "pool" | "hidden" | "dropout" | "probabilities"> & {
  readonly outputs: number;
};

/** What makes one value of each channel. */
type ChannelReduction = "average" | "max";

/**
 * The base with a new classifier of `outputs` behind its output. The new layers are a group `head`. It is `head2`,
 * `head3`, … where the base has weights in a group of that name, or a layer that a new one is called. In it are `pool`
 * (`flatten`, `first`), `dropout`, `dense1 …`, each with its `.dropout`, and `dense`. Throws a ParameterError where the
 * base gives nothing that can be classified.
 */
export function withHead(base: Architecture, params: NewHeadParams): Architecture {
  const layers = freeHead(base, params);
  return {
    ...base,
    layers: [...base.layers, ...layers],
    outputs: [layers.at(-1)!.name],
    head: params.probabilities ?? "softmax",
  };
}

/** The new layers, in the first of the groups `head`, `head2`, … that is free. */
function freeHead(base: Architecture, params: NewHeadParams): readonly Layer[] {
  const names = new Set([...base.inputs, ...base.layers].map(({ name }) => name));
  const weighted = new Set(weightSlots(base).map(({ layer }) => layer.name));
  for (let number = 1;; number++) {
    const group = number === 1 ? "head" : `head${number}`;
    const layers = headLayers(base, params, group);
    const taken = names.has(group) || layers.some(({ name }) => names.has(name)) ||
      [...weighted].some((name) => name.startsWith(`${group}.`));
    if (!taken) return layers;
  }
}

function headLayers(
  base: Architecture,
  { pool, hidden, dropout, outputs }: NewHeadParams,
  group: string,
): readonly Layer[] {
  const layers = poolingOf(base, pool, group);
  let last = layers.at(-1)?.name ?? base.outputs[0]!;
  const drop = (name: string) => {
    if (dropout === 0) return;
    layers.push({ name, kind: "dropout", inputs: [last], rate: dropout });
    last = name;
  };
  const dense = (name: string, units: number, activation: "relu" | "linear") => {
    layers.push({ name, kind: "dense", inputs: [last], units, bias: true, activation });
    last = name;
  };
  drop(`${group}.dropout`);
  for (const [index, units] of hidden.entries()) {
    const name = `${group}.dense${index + 1}`;
    dense(name, units, "relu");
    drop(`${name}.dropout`);
  }
  dense(`${group}.dense`, outputs, "linear");
  return layers;
}

/** The layers that make one row of what the base gives; none where it gives one. */
function poolingOf(base: Architecture, asked: HeadParams["pool"], group: string): Layer[] {
  const [from] = base.outputs;
  const shape = shapesOf(base)[from!]!;
  const inputs = [from!];
  if (shape.length === 1) {
    if (asked === "auto" || asked === "flatten") return [];
    throw unfit(
      `\`${from}\` gives a row of ${shape[0]}: there are no places to pool`,
      "pool: auto",
    );
  }
  if (shape.length > 3) {
    throw new ParameterError(
      "shape-mismatch",
      "after",
      `\`${from}\` gives ${show(shape)}, which is no row, no text and no picture`,
      "cut behind another layer",
    );
  }
  const isText = shape.length === 2;
  const pool = asked !== "auto"
    ? asked
    : isText && base.layers.some(isAttention)
    ? "first"
    : "average";
  if (pool === "flatten") return [{ name: `${group}.flatten`, kind: "flatten", inputs }];
  if (pool === "first") {
    if (isText) return [{ name: `${group}.first`, kind: "first", inputs }];
    throw unfit(
      `\`${from}\` gives a picture, ${show(shape)}: it has no first place`,
      "pool: average",
    );
  }
  return isText ? pooledText(pool, group, { from: from!, shape }) : [pooling(pool, group, inputs)];
}

const pooling = (pool: ChannelReduction, group: string, inputs: string[]): Layer => ({
  name: `${group}.pool`,
  kind: pool === "max" ? "global-max-pool" : "global-average-pool",
  inputs,
});

/** The places of a text stand in a column, as a picture. */
function pooledText(
  pool: ChannelReduction,
  group: string,
  { from, shape: [length, size] }: { readonly from: string; readonly shape: Shape },
): Layer[] {
  const image = `${group}.image`;
  return [
    { name: image, kind: "reshape", inputs: [from], shape: [length!, 1, size!] },
    pooling(pool, group, [image]),
  ];
}

function unfit(message: string, help: string): ParameterError {
  return new ParameterError("unknown-value", "pool", message, help);
}
