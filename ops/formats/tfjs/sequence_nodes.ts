/** Layers over sequences in Keras layers that stock tfjs has: it knows no learned positions and no heads. */
import { PADDING_SCORE, scoreScale } from "../../model/layers/attention.ts";
import type { LayerOf } from "../../model/model.ts";
import type { KerasNode, Source } from "./keras_nodes.ts";
import { storedConstant, storedWeight } from "./stored_weight.ts";

/** A table added to a sequence: the shift of a batch normalisation over all its values. */
export function positionNodes(
  _layer: LayerOf<"position">,
  { shape, weight, storage }: Source,
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

/** The first position, cut out as the first row of an image. */
export function firstNodes(
  _layer: LayerOf<"first">,
  { inputs: [input] }: Source,
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
  { inputs }: Source,
): readonly KerasNode[] {
  const hidden = inputs.length < 4 ? [] : hiddenNodes(inputs[3]![0]!);
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

/** 0 for a key, far below for padding: tokens are whole and at least 0, so relu(1 − token) tells them apart. */
function hiddenNodes(length: number): readonly KerasNode[] {
  return [
    node(".missing", "Rescaling", { scale: -1, offset: 1 }, [3]),
    node(".padding", "Activation", { activation: "relu" }),
    node(".low", "Rescaling", { scale: PADDING_SCORE, offset: 0 }),
    node(".hidden", "Reshape", { "target_shape": [1, length] }),
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

/** A Keras layer without weights; it reads the one before it where it does not say. */
export function node(
  suffix: string,
  className: string,
  config: KerasNode["config"] = {},
  reads?: KerasNode["reads"],
): KerasNode {
  return { suffix, className, config, ...reads && { reads } };
}
