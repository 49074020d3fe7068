/** The dense layer: a product with bias and activation, and its gradients. */
import type { Tensor } from "../../deps/tfjs_core.ts";
import type { Machine } from "../machine.ts";
import { multiply, multiplyTransposed, type Rectifier } from "../products/matrix.ts";
import type { LayerKernels } from "../types.ts";
import { elementwiseLayers } from "./elementwise.ts";
import { biasGradient, isRectifier, throughRectifier } from "./rectified.ts";

/** See `LayerKernels`. */
export const denseLayers = (machine: Machine): Pick<LayerKernels, "dense"> => {
  const { activate } = elementwiseLayers(machine);
  return {
    dense(x, w, b, activation) {
      assertShapes(x, w, b);
      return isRectifier(activation)
        ? dense(machine, { x, w, b }, activation)
        : activate(dense(machine, { x, w, b }, "linear"), activation);
    },
  };
};

/** The most rows for which packing the weights counts beside the product, so that they stay packed. */
const PACKING = 512;

function assertShapes(x: Tensor, w: Tensor, b: Tensor | null): void {
  const fits = x.rank === 2 && w.rank === 2 && x.shape[1] === w.shape[0] &&
    (!b || (b.rank === 1 && b.shape[0] === w.shape[1]));
  if (!fits) {
    throw new Error(
      `Cannot multiply x [${x.shape}] by w [${w.shape}]${b ? ` with bias [${b.shape}]` : ""}: ` +
        "expected [B, I], [I, O] and [O]",
    );
  }
}

function dense(
  machine: Machine,
  { x, w, b }: { x: Tensor; w: Tensor; b: Tensor | null },
  activation: Rectifier,
): Tensor {
  const { pointer } = machine;
  const [rows, inner] = x.shape as [number, number];
  const columns = w.shape[1]!;
  const keep = rows <= PACKING && !machine.recording();
  const inputs: { x: Tensor; w: Tensor; b?: Tensor } = b ? { x, w, b } : { x, w };
  const [y] = machine.operation(
    "dense",
    inputs as Record<string, Tensor>,
    (save) => {
      const y = machine.output([rows, columns]);
      multiply(machine, {
        rows,
        inner,
        columns,
        a: pointer(x),
        b: pointer(w),
        transposeB: false,
        out: pointer(y),
        bias: b ? pointer(b) : 0,
        activation,
        keep,
      });
      if (activation === "linear") save(x, w);
      else save(x, w, y);
      return [y];
    },
    ([dy], [x, w, y]) => {
      const dz = throughRectifier(machine, dy!, y, activation);
      return {
        x: () => inputGradient(machine, dz, w!),
        w: () => {
          const dw = machine.output([inner, columns]);
          multiplyTransposed(machine, {
            rows,
            a: pointer(x!),
            left: inner,
            d: pointer(dz),
            right: columns,
            out: pointer(dw),
          });
          return dw;
        },
        b: () => biasGradient(machine, dz, columns),
      };
    },
  );
  return y!;
}

/** dz · wᵀ. */
function inputGradient(machine: Machine, dz: Tensor, w: Tensor): Tensor {
  const { pointer } = machine;
  const [columns, inner] = w.shape as [number, number];
  const dx = machine.output([dz.shape[0]!, columns]);
  multiply(machine, {
    rows: dz.shape[0]!,
    inner,
    columns,
    a: pointer(dz),
    b: pointer(w),
    transposeB: true,
    out: pointer(dx),
    bias: 0,
    activation: "linear",
  });
  return dx;
}
