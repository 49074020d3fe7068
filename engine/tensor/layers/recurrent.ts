/**
 * Long short-term memory: what enters in one product over all steps, then for each step a product with the state
 * before and one kernel for gates, cell and state. The bits are those of the layers and tfjs's operations one by one,
 * whose order is therefore kept where another would do, as in the gradients of the weights, summed step by step.
 */
import type { Tensor } from "../../deps/tfjs_core.ts";
import type { Machine } from "../machine.ts";
import { multiply, multiplyPacked, multiplyTransposed, packedFor } from "../products/matrix.ts";
import type { LayerKernels } from "../types.ts";
import { biasGradient } from "./rectified.ts";

/** What a pass is made over. */
interface RecurrentPass {
  readonly batch: number;
  readonly length: number;
  /** Numbers that enter in a step. */
  readonly width: number;
  readonly units: number;
  /** Whether all states are the answer, else the last. */
  readonly sequence: boolean;
  /** Of the kernels: whether gates are hard sigmoids. */
  readonly hard: number;
  /** Cells that are kept of each row of the batch. */
  readonly kept: number;
}

/** What the gradient reads. */
interface RecurrentTensors {
  readonly x: Tensor;
  readonly kernel: Tensor;
  /** What each step kept of its gates [B, T, 4 · units]. */
  readonly gates: Tensor;
  /** States that a step reads [B, T or T − 1, units]. */
  readonly states: Tensor;
  /** Cells and their hyperbolic tangents [B, T, units]. */
  readonly cells: Tensor;
  readonly curves: Tensor;
}

/** See `LayerKernels`. */
export const recurrentLayers = (machine: Machine): Pick<LayerKernels, "recurrent"> => ({
  recurrent(x, kernel, bias, { units, sequence, gates }) {
    assertShapes(x, kernel, bias, units);
    const [batch, length, width] = x.shape as [number, number, number];
    const hard = gates === "sigmoid" ? 0 : 1;
    // Without a gradient one cell is enough.
    const kept = machine.recording() ? length : 1;
    const pass = { batch, length, width, units, sequence, hard, kept };
    const [y] = machine.operation(
      "recurrent",
      { x, kernel, bias },
      (save) => [overSteps(machine, pass, { x, kernel, bias }, save)],
      ([dy], saved) => {
        const [x, kernel, gates, states, cells, curves] = saved as [Tensor, ...Tensor[]];
        const read = { x, kernel, gates, states, cells, curves } as RecurrentTensors;
        const dz = backOverSteps(machine, pass, read, dy!);
        return {
          x: () => inputGradient(machine, pass, kernel!, dz),
          kernel: () => kernelGradient(machine, pass, read, dz),
          bias: () => biasGradient(machine, dz, 4 * units),
        };
      },
    );
    return y!;
  },
});

function assertShapes(x: Tensor, kernel: Tensor, bias: Tensor, units: number): void {
  const fits = x.rank === 3 && x.shape[1]! > 0 && kernel.rank === 2 && bias.rank === 1 &&
    kernel.shape[0] === x.shape[2]! + units && kernel.shape[1] === 4 * units &&
    bias.shape[0] === 4 * units;
  if (!fits) {
    throw new Error(
      `Cannot take [${x.shape}] through ${units} units with a kernel [${kernel.shape}] and bias [${bias.shape}]: ` +
        "expected [B, T, I], [I + units, 4 · units] and [4 · units]",
    );
  }
}

/** The rows of the kernel that meet the state. */
const backOf = ({ pointer }: Machine, { width, units }: RecurrentPass, kernel: Tensor): number =>
  pointer(kernel) + width * 4 * units * 4;

/** The states wanted; what the gradient reads is saved, where somebody records it. */
function overSteps(
  machine: Machine,
  pass: RecurrentPass,
  { x, kernel, bias }: { readonly x: Tensor; readonly kernel: Tensor; readonly bias: Tensor },
  save: (...tensors: Tensor[]) => void,
): Tensor {
  const { pointer, output, scratch } = machine;
  const { batch, length, width, units, sequence, kept } = pass;
  const columns = 4 * units;
  const gates = output([batch, length, columns]);
  multiply(machine, {
    rows: batch * length,
    inner: width,
    columns,
    a: pointer(x),
    b: pointer(kernel),
    transposeB: false,
    out: pointer(gates),
    bias: pointer(bias),
    activation: "linear",
  });
  const y = output(sequence ? [batch, length, units] : [batch, units]);
  const states = sequence ? y : output([batch, length - 1, units]);
  const [cells, curves] = [output([batch, kept, units]), output([batch, kept, units])];
  const back = { inner: units, columns, b: backOf(machine, pass, kernel), transposeB: false };
  packedFor(machine, back, (right) =>
    scratch(batch * columns * 4, (product) => {
      for (let t = 0; t < length; t++) {
        if (t > 0) {
          multiplyPacked(machine, right, {
            rows: batch,
            a: pointer(states) + (t - 1) * units * 4,
            out: product,
            aRow: states.shape[1]! * units,
          });
        }
        const at = (tensor: Tensor, step: number) =>
          pointer(tensor) + Math.min(step, tensor.shape[1]! - 1) * tensor.shape[2]! * 4;
        const inner = sequence || t < length - 1;
        machine.launch(
          "recurrentStep",
          batch,
          ...[pass.hard, at(gates, t), length * columns, t > 0 ? product : 0],
          ...[t > 0 ? at(cells, t - 1) : 0, at(cells, t), at(curves, t), kept * units],
          ...(inner ? [at(states, t), states.shape[1]! * units] : [pointer(y), units]),
          units,
        );
      }
    }));
  save(x, kernel, gates, states, cells, curves);
  for (const tensor of [gates, cells, curves]) tensor.dispose();
  if (!sequence) states.dispose();
  return y;
}

/** The gradient of the gates' sums in all steps, from the last back: it takes the place of what was kept of them. */
function backOverSteps(
  machine: Machine,
  pass: RecurrentPass,
  { kernel, gates, cells, curves }: RecurrentTensors,
  dy: Tensor,
): Tensor {
  const { pointer, scratch } = machine;
  const { batch, length, units, sequence, hard } = pass;
  const inner = 4 * units;
  const back = { inner, columns: units, b: backOf(machine, pass, kernel), transposeB: true };
  const bytes = batch * units * 4;
  packedFor(machine, back, (right) =>
    scratch(2 * bytes, (product) => {
      const step = (tensor: Tensor, t: number) => pointer(tensor) + t * tensor.shape.at(-1)! * 4;
      for (let t = length - 1; t >= 0; t--) {
        const last = t === length - 1;
        if (!last) {
          multiplyPacked(machine, right, {
            rows: batch,
            a: step(gates, t + 1),
            aRow: length * inner,
            out: product,
          });
        }
        machine.launch(
          "recurrentStepGradient",
          batch,
          ...[hard, step(gates, t), length * inner, t > 0 ? step(cells, t - 1) : 0],
          ...[step(curves, t), length * units],
          ...(sequence ? [step(dy, t), length * units] : [last ? pointer(dy) : 0, units]),
          ...[last ? 0 : product, product + bytes, units],
        );
      }
    }));
  return gates;
}

function inputGradient(
  machine: Machine,
  { batch, length, width, units }: RecurrentPass,
  kernel: Tensor,
  dz: Tensor,
): Tensor {
  const { pointer } = machine;
  const dx = machine.output([batch, length, width]);
  multiply(machine, {
    rows: batch * length,
    inner: 4 * units,
    columns: width,
    a: pointer(dz),
    b: pointer(kernel),
    transposeB: true,
    out: pointer(dx),
    bias: 0,
    activation: "linear",
  });
  return dx;
}

/** Rows that meet the input in one sum; those that meet the state step by step, the last first. */
function kernelGradient(
  machine: Machine,
  pass: RecurrentPass,
  { x, kernel, states }: RecurrentTensors,
  dz: Tensor,
): Tensor {
  const { pointer } = machine;
  const { batch, length, width, units } = pass;
  const right = 4 * units;
  const dkernel = machine.output(kernel.shape);
  multiplyTransposed(machine, {
    rows: batch * length,
    a: pointer(x),
    left: width,
    d: pointer(dz),
    right,
    out: pointer(dkernel),
  });
  const out = backOf(machine, pass, dkernel);
  if (length === 1) machine.kernels.zeroBytes(out, units * right * 4);
  for (let t = length - 1; t > 0; t--) {
    multiplyTransposed(machine, {
      rows: batch,
      a: pointer(states) + (t - 1) * units * 4,
      left: units,
      d: pointer(dz) + t * right * 4,
      right,
      dRow: length * right,
      out,
      aRow: states.shape[1]! * units,
      add: t < length - 1,
    });
  }
  return dkernel;
}
