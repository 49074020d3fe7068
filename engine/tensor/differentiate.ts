/**
 * The reverse pass over tfjs's tape, our own so that memory stays low and warm: what a node saved, the gradients
 * that arrived at it and everything its gradient made on the way are given back as soon as the node is done, where
 * tfjs keeps all of it to the end.
 */
import type { Scalar, Tensor, Tf } from "../deps/tfjs_core.ts";
import type { Machine } from "./machine.ts";

interface TapeNode {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs: readonly Tensor[];
  readonly saved: readonly Tensor[];
  readonly gradient?: (dys: (Tensor | null)[]) => Record<string, () => Tensor>;
}

/** Parts of tfjs's engine that its types hide. */
interface TapeEngine {
  startTape(): void;
  endTape(): void;
  state: { activeTape: TapeNode[] | null; gradientDepth: number };
}

/** See `Room.valueAndGradients`. */
export function differentiate(
  machine: Machine,
  body: () => Scalar,
  variables: readonly Tensor[],
): { value: Scalar; gradients: (Tensor | null)[] } {
  const { tf } = machine;
  const engine = tf.engine() as unknown as TapeEngine;
  if (engine.state.gradientDepth > 0) {
    throw new Error("Cannot differentiate inside a function that is being differentiated");
  }
  let value: Scalar | undefined;
  engine.startTape();
  try {
    value = tf.tidy(body);
  } finally {
    engine.endTape();
    if (!value) forget(engine.state.activeTape ?? []);
  }
  const tape = engine.state.activeTape ?? [];
  engine.state.activeTape = null;
  const seed = value;
  try {
    if (seed.size !== 1) {
      throw new Error(
        `Cannot differentiate a value of shape [${seed.shape}]: it must be one number`,
      );
    }
    const gradients = tf.tidy(() => backward(machine, tape, seed, variables) as Tensor[]);
    return { value: seed, gradients };
  } catch (error) {
    seed.dispose();
    throw error;
  } finally {
    forget(tape);
  }
}

/** Gives back what nodes saved; disposing twice does nothing. */
function forget(tape: readonly TapeNode[]): void {
  for (const node of tape) for (const tensor of node.saved) tensor.dispose();
}

function backward(
  machine: Machine,
  tape: readonly TapeNode[],
  value: Scalar,
  variables: readonly Tensor[],
): (Tensor | null)[] {
  const { tf } = machine;
  const reached = reachedFrom(tape, variables);
  const arrived = new Map<number, Tensor>([[value.id, tf.ones(value.shape)]]);
  for (let i = tape.length - 1; i >= 0; i--) {
    const node = tape[i]!;
    const dys = node.outputs.map((output) => arrived.get(output.id) ?? null);
    const wanted = Object.keys(node.inputs).filter((name) => reached.has(node.inputs[name]!.id));
    if (wanted.length > 0 && dys.some((dy) => dy !== null)) {
      const made = gradientsOf(tf, node, dys, wanted);
      wanted.forEach((name, k) => {
        // A gradient that is passed on unchanged gets a name of its own, so that each can be given back.
        const shared = dys.includes(made[k]!) || made.indexOf(made[k]!) < k;
        add(tf, arrived, node.inputs[name]!, shared ? machine.alias(made[k]!) : made[k]!);
      });
    }
    for (const output of node.outputs) {
      arrived.get(output.id)?.dispose();
      arrived.delete(output.id);
    }
    forget([node]);
  }
  return variables.map((variable, i) => {
    const gradient = arrived.get(variable.id);
    if (!gradient) return null;
    return variables.indexOf(variable) < i ? machine.alias(gradient) : gradient;
  });
}

/** Ids of the tensors that depend on a variable, the variables among them. */
function reachedFrom(tape: readonly TapeNode[], variables: readonly Tensor[]): Set<number> {
  const reached = new Set(variables.map((variable) => variable.id));
  for (const node of tape) {
    if (Object.values(node.inputs).some((input) => reached.has(input.id))) {
      for (const output of node.outputs) reached.add(output.id);
    }
  }
  return reached;
}

/** Kernels that give a list of tensors. */
const LISTS: ReadonlySet<string> = new Set(["Unpack", "SplitV"]);

function gradientsOf(
  tf: Tf,
  node: TapeNode,
  dys: (Tensor | null)[],
  wanted: readonly string[],
): Tensor[] {
  const { gradient } = node;
  if (!gradient) {
    throw new Error(`Cannot differentiate: tfjs's "${node.kernelName}" has no gradient`);
  }
  return tf.tidy(() => {
    // tfjs takes the only gradient out of its list, which these two want whatever its length.
    const alone = dys.length === 1 && LISTS.has(node.kernelName);
    const makers = gradient(alone ? [dys] as never : dys);
    return wanted.map((name) => {
      const made = makers[name]!();
      const { shape } = node.inputs[name]!;
      if (!tf.util.arraysEqual(made.shape, shape)) {
        throw new Error(
          `Cannot differentiate "${node.kernelName}": its gradient for "${name}" has shape [${made.shape}] ` +
            `instead of [${shape}]`,
        );
      }
      return made;
    });
  });
}

function add(tf: Tf, arrived: Map<number, Tensor>, input: Tensor, gradient: Tensor): void {
  const before = arrived.get(input.id);
  if (!before) {
    arrived.set(input.id, gradient);
    return;
  }
  arrived.set(input.id, tf.add(before, gradient));
  before.dispose();
  gradient.dispose();
}
