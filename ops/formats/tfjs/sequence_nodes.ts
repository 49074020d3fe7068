/**
 * Layers over sequences, and means of distributions, in Keras layers that stock tfjs has: it knows no learned positions, no
 * heads and no mixtures.
 */
import { PADDING_SCORE, scoreScale } from "../../model/kinds/attention.ts";
import { logShares } from "../../model/kinds/merge.ts";
import { sizeOf } from "../../model/layers.ts";
import type { LayerOf } from "../../model/model.ts";
import { type KerasNode, type KerasSource, node } from "./keras_node.ts";
import { storedConstant, storedWeight } from "./stored_weight.ts";

/** A table added to a sequence: the shift of a batch normalisation over all its values. */
export function positionNodes(
  _layer: LayerOf<"position">,
  { shape, weight, storage }: KerasSource,
): readonly KerasNode[] {
  const size = shape[0]! * shape[1]!;
  return [
    node(".flat", "Flatten"),
    {
      ...node(".table", "BatchNormalization", { axis: -1, epsilon: 0 }),
      weights: {
        gamma: storedConstant(1, size),
        beta: { ...storedWeight(weight("kernel"), storage), shape: [size] },
        "moving_mean": storedConstant(0, size),
        "moving_variance": storedConstant(1, size),
      },
    },
    node("", "Reshape", { "target_shape": shape }),
  ];
}

/** The same values for each sample: the bias of a dense layer that takes nothing of their mean. */
export function constantNodes(
  { shape }: LayerOf<"constant">,
  { inputs: [input], weight, storage }: KerasSource,
): readonly KerasNode[] {
  const size = sizeOf(shape);
  return [
    node(".flat", "Flatten"),
    node(".rows", "Reshape", { "target_shape": [sizeOf(input!), 1] }),
    node(".mean", "GlobalAveragePooling1D"),
    {
      ...node(".values", "Dense", { units: size }),
      weights: {
        kernel: { ...storedConstant(0, size), shape: [1, size] },
        bias: { ...storedWeight(weight("mean"), storage), shape: [size] },
      },
    },
    node("", "Reshape", { "target_shape": shape }),
  ];
}

/** The first position, cut out as the first row of an image. */
export function firstNodes(
  _layer: LayerOf<"first">,
  { inputs: [input] }: KerasSource,
): readonly KerasNode[] {
  const [length, size] = input as readonly [number, number];
  return [
    node(".rows", "Reshape", { "target_shape": [length, 1, size] }),
    node(".cut", "Cropping2D", { cropping: [[0, length - 1], [0, 0]] }),
    node("", "Flatten"),
  ];
}

/** Every head by itself: its columns cut out of an image, two products, and all heads side by side at the end. */
export function attentionNodes(
  { heads }: LayerOf<"attention">,
  { inputs }: KerasSource,
): readonly KerasNode[] {
  const hidden = inputs.length < 4 ? [] : [...lowNodes(3), hiddenNode(inputs[3]![0]!)];
  const split = ([".queries", ".keys", ".values"] as const).flatMap((role, index) => {
    const [length, width] = inputs[index] as readonly [number, number];
    const shape = [length, heads, width / heads];
    return [
      node(role, "Reshape", { "target_shape": shape }, [index]),
      ...Array.from({ length: heads }, (_, head) => headOf(role, head, shape)).flat(),
    ];
  });
  const scale = scoreScale(inputs[0]![1]!, heads);
  const mixed = Array.from({ length: heads }, (_, head) => {
    const of = (role: string) => `${role}.head${head + 1}`;
    return [
      node(of(".products"), "Dot", { axes: [2, 2] }, [of(".queries"), of(".keys")]),
      node(of(".scores"), "Rescaling", { scale, offset: 0 }),
      ...hidden.length === 0
        ? []
        : [node(of(".seen"), "Add", {}, [of(".scores"), hidden.at(-1)!.suffix])],
      node(of(".weights"), "Softmax", { axis: -1 }),
      node(of(".mixed"), "Dot", { axes: [2, 1] }, [of(".weights"), of(".values")]),
    ];
  });
  const ends = mixed.map((nodes) => nodes.at(-1)!.suffix);
  const joined = ends.length === 1
    ? node("", "Activation", { activation: "linear" }, ends)
    : node("", "Concatenate", { axis: -1 }, ends);
  return [...hidden, ...split, ...mixed.flat(), joined];
}

/** 0, far below where a mask is 0: its numbers are whole and at least 0, so relu(1 − number) tells them apart. */
function lowNodes(mask: number): readonly KerasNode[] {
  return [
    node(".missing", "Rescaling", { scale: -1, offset: 1 }, [mask]),
    node(".padding", "Activation", { activation: "relu" }),
    node(".low", "Rescaling", { scale: PADDING_SCORE, offset: 0 }),
  ];
}

const hiddenNode = (length: number): KerasNode =>
  node(".hidden", "Reshape", { "target_shape": [1, length] });

/** Shares of the rows, even among those that count, and the product with them. */
export function tokenMeanNodes(
  _layer: LayerOf<"token-mean">,
  { inputs: [rows] }: KerasSource,
): readonly KerasNode[] {
  return [
    ...lowNodes(1),
    node(".shares", "Softmax", { axis: -1 }),
    node(".column", "Reshape", { "target_shape": [rows![0]!, 1] }),
    node(".mean", "Dot", { axes: [1, 1] }, [".column", 0]),
    node("", "Flatten"),
  ];
}

function headOf(role: string, head: number, shape: readonly number[]): readonly KerasNode[] {
  const [length, heads, depth] = shape as readonly [number, number, number];
  const name = `${role}.head${head + 1}`;
  const cropping = [[0, 0], [head, heads - 1 - head]];
  return [
    node(`${name}.cut`, "Cropping2D", { cropping }, [role]),
    node(name, "Reshape", { "target_shape": [length, depth] }),
  ];
}

/** A mean of distributions, term by term as the engine computes it: logSoftmax of each, its share's logarithm added; a + softplus(b − a) over them. */
export function mixtureNodes({ shares }: LayerOf<"mixture">): readonly KerasNode[] {
  const last = shares.length;
  const sides = logShares(shares).flatMap((offset, k) => [
    node(`.log${k + 1}`, "Activation", { activation: "logSoftmax" }, [k]),
    node(`.share${k + 1}`, "Rescaling", { scale: 1, offset }),
  ]);
  const sum = (k: number) => k === last ? "" : k === 1 ? ".share1" : `.sum${k}`;
  const sums = Array.from({ length: last - 1 }, (_, index) => {
    const k = index + 2;
    return [
      node(`.minus${k}`, "Rescaling", { scale: -1, offset: 0 }, [sum(k - 1)]),
      node(`.gap${k}`, "Add", {}, [`.share${k}`, `.minus${k}`]),
      node(`.over${k}`, "Activation", { activation: "softplus" }),
      node(sum(k), "Add", {}, [sum(k - 1), `.over${k}`]),
    ];
  });
  return [...sides, ...sums.flat()];
}
