/**
 * Cells that tfjs has no layer for, step by step: those that multiply are used once for every step. A cell behind a mask
 * is one of them: tfjs 4.22 hands a mask on to every later layer that asks for one.
 */
import type { LayerOf, Weight } from "../../model/model.ts";
import { kernelRows, permuted } from "../../model/weights.ts";
import { activationWord, type KerasNode, type KerasSource, node, usedAgain } from "./keras_node.ts";
import { storedWeight } from "./stored_weight.ts";

type RnnLayer = LayerOf<"rnn">;

/** The most steps: each is some twenty layers. */
const MOST_STEPS = 512;

/** Nodes under construction. */
interface NodeDrawing {
  readonly nodes: KerasNode[];
  /**
   * Adds a node, or of one with weights another use; its suffix. Nodes without weights are not used again: tfjs loses
   * count of a layer's uses where a later one is known before an earlier one.
   */
  use(node: KerasNode, reads: NonNullable<KerasNode["reads"]>): string;
}

function drawing(): NodeDrawing {
  const nodes: KerasNode[] = [];
  const counts = new Map<string, number>();
  return {
    nodes,
    use(first, reads) {
      const count = (counts.get(first.suffix) ?? 0) + 1;
      counts.set(first.suffix, count);
      const suffix = count === 1 ? first.suffix : `${first.suffix}_${count}`;
      const again = count > 1 && first.weights !== undefined;
      nodes.push(again ? usedAgain(first, suffix, reads) : { ...first, suffix, reads });
      return suffix;
    },
  };
}

/** What a step computes with. */
interface UnrolledStep extends NodeDrawing {
  readonly layer: RnnLayer;
  /** What enters gate `gate` at this step. */
  entering(gate: number): string;
  /** A state times the kernel of gate `gate`, and its own bias, where it has one. */
  back(gate: number, state: string): string;
}

interface StateNodes {
  readonly h: string;
  /** Of an LSTM alone. */
  readonly c: string;
}

/** Gates of each cell, its new state among them. */
const GATES = { simple: 1, gru: 3, "gru-after": 3, lstm: 4 } as const;

/** A cell over a sequence, and its mask, if it reads one. Throws a RangeError for one of very many steps. */
export function unrolledNodes(layer: RnnLayer, source: KerasSource): readonly KerasNode[] {
  const { units, sequence, name } = layer;
  const { inputs: [rows, mask] } = source;
  const [length] = rows as readonly [number];
  if (length > MOST_STEPS) {
    throw new RangeError(
      `Cannot write "${name}" for tfjs: it takes ${length} steps, which are written one by one, and more than ${MOST_STEPS}`,
    );
  }
  const drawn = drawing();
  const { use } = drawn;
  const products = entered(layer, source, drawn);
  const row = rowsOf(drawn, length);
  const none = use(rescaled(".none", 0, 0), [row(products[0]!, 0, units)]);
  const kernels = backKernels(layer, source);
  const seen = mask && use(node(".mask.column", "Reshape", { "target_shape": [length, 1, 1] }), [
    use(node(".mask", "ReLU", { "max_value": 1 }), [1]),
  ]);
  let state: StateNodes = { h: none, c: none };
  const states: string[] = [];
  for (let t = 0; t < length; t++) {
    const next = cells[layer.cell]({
      ...drawn,
      layer,
      entering: (gate) => row(products[gate]!, t, units),
      back: (gate, of) => use(kernels[gate]!, [of]),
    }, state);
    state = seen === undefined ? next : kept(drawn, row(seen, t, 1), next, state);
    if (sequence) {
      states.push(use(node(".row", "Reshape", { "target_shape": [1, units] }), [state.h]));
    }
  }
  const end = states.length > 1
    ? node("", "Concatenate", { axis: 1 }, states)
    : node("", "Reshape", { "target_shape": source.shape }, [states[0] ?? state.h]);
  return [...drawn.nodes, end];
}

/** What enters each gate, of all steps: [steps, 1, units]. */
function entered(
  { units, cell }: RnnLayer,
  source: KerasSource,
  { use }: NodeDrawing,
): readonly string[] {
  const kernel = source.weight("kernel");
  const own = kernelRows(kernel, 0, kernel.shape[0]! - units);
  const [length] = source.inputs[0] as readonly [number];
  return Array.from({ length: GATES[cell] }, (_, gate) => {
    const product = use({
      ...node(`.gate${gate + 1}`, "Dense", { units, "use_bias": true }),
      weights: {
        kernel: storedWeight(columnsOf(own, gate, units), source.storage),
        bias: storedWeight(part(source.weight("bias"), gate, units), source.storage),
      },
    }, [0]);
    return use(node(".steps", "Reshape", { "target_shape": [length, 1, units] }), [product]);
  });
}

/** The kernel of each gate over the state; of a GRU that resets behind its product with the second bias. */
function backKernels({ units, cell }: RnnLayer, { weight, storage }: KerasSource) {
  const kernel = weight("kernel");
  const [rows] = kernel.shape as readonly [number];
  const back = kernelRows(kernel, rows - units, rows);
  const gates = GATES[cell];
  return Array.from({ length: gates }, (_, gate): KerasNode => {
    const own = { kernel: storedWeight(columnsOf(back, gate, units), storage) };
    const biased = cell === "gru-after";
    const config = { units, "use_bias": biased };
    const bias = biased && storedWeight(part(weight("bias"), gates + gate, units), storage);
    return {
      ...node(`.back${gate + 1}`, "Dense", config),
      weights: bias ? { ...own, bias } : own,
    };
  });
}

/** The row of a step out of [steps, 1, size], as [size]. */
const rowsOf =
  ({ use }: NodeDrawing, length: number) => (of: string, at: number, size: number): string => {
    const cropping = [[at, length - 1 - at], [0, 0]];
    const cut = use(node(".cut", "Cropping2D", { cropping }), [of]);
    return use(node(".flat", "Reshape", { "target_shape": [size] }), [cut]);
  };

const columnsOf = (kernel: Weight, gate: number, units: number): Weight =>
  permuted(kernelRows(permuted(kernel, [1, 0]), gate * units, (gate + 1) * units), [1, 0]);

const part = ({ encoding, data }: Weight, at: number, units: number): Weight => ({
  shape: [units],
  encoding,
  data: data.slice(at * units, (at + 1) * units),
});

const rescaled = (suffix: string, scale: number, offset: number) =>
  node(suffix, "Rescaling", { scale, offset });

const sum = ({ use }: NodeDrawing, ...of: string[]) => use(node(".add", "Add"), of);
const product = ({ use }: NodeDrawing, ...of: string[]) => use(node(".multiply", "Multiply"), of);
const oneMinus = ({ use }: NodeDrawing, of: string) => use(rescaled(".rest", -1, 1), [of]);

/** An activation of a gate or of a state. */
function bent(drawn: NodeDrawing, bend: RnnLayer["gates"], of: string): string {
  const { use } = drawn;
  if (bend === "hard-sigmoid-6") {
    const line = use(rescaled(".line", 1 / 6, 0.5), [of]);
    return use(node(".bounded", "ReLU", { "max_value": 1 }), [line]);
  }
  const activation = activationWord({ name: "" }, bend);
  return use(node(`.${bend}`, "Activation", { activation }), [of]);
}

/** share · a + (1 − share) · b. */
const mixed = (drawn: NodeDrawing, share: string, a: string, b: string) =>
  sum(drawn, product(drawn, share, a), product(drawn, oneMinus(drawn, share), b));

/** The next state where a mask is 1, else the one before. */
function kept(drawn: NodeDrawing, seen: string, next: StateNodes, before: StateNodes): StateNodes {
  const h = mixed(drawn, seen, next.h, before.h);
  return { h, c: next.c === before.c ? next.c : mixed(drawn, seen, next.c, before.c) };
}

/** The state behind a step, as `rnn` computes it. */
const cells: Readonly<
  Record<RnnLayer["cell"], (step: UnrolledStep, state: StateNodes) => StateNodes>
> = {
  simple(step, { h, c }) {
    const z = sum(step, step.entering(0), step.back(0, h));
    return { h: bent(step, step.layer.nonlinearity, z), c };
  },
  gru(step, { h, c }) {
    const reset = gate(step, 1, h);
    const update = gate(step, 0, h);
    const z = sum(step, step.entering(2), step.back(2, product(step, reset, h)));
    return { h: mixed(step, update, h, bent(step, step.layer.nonlinearity, z)), c };
  },
  "gru-after"(step, { h, c }) {
    const reset = gate(step, 1, h);
    const update = gate(step, 0, h);
    const z = sum(step, step.entering(2), product(step, reset, step.back(2, h)));
    return { h: mixed(step, update, h, bent(step, step.layer.nonlinearity, z)), c };
  },
  lstm(step, { h, c }) {
    const { nonlinearity } = step.layer;
    const candidate = bent(step, nonlinearity, sum(step, step.entering(2), step.back(2, h)));
    const next = sum(
      step,
      product(step, gate(step, 1, h), c),
      product(step, gate(step, 0, h), candidate),
    );
    return { h: product(step, gate(step, 3, h), bent(step, nonlinearity, next)), c: next };
  },
};

const gate = (step: UnrolledStep, at: number, h: string) =>
  bent(step, step.layer.gates, sum(step, step.entering(at), step.back(at, h)));
