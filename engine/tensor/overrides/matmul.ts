/** tfjs's matrix products on our kernels. */
import type { TensorInfo } from "../../deps/tfjs_core.ts";
import type { Machine, Overrides } from "../machine.ts";
import { multiply, multiplyTransposed, type Rectifier } from "../products/matrix.ts";
import { fused } from "./fused.ts";

interface MatmulAttributes {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** `BatchMatMul` and `_FusedMatMul`. */
export const matmulOverrides = (machine: Machine): Overrides => ({
  BatchMatMul({ inputs, attrs, backend }) {
    if (inputs.a.dtype !== "float32" || inputs.b.dtype !== "float32") {
      return machine.tf.getKernel("BatchMatMul", "cpu").kernelFunc({ inputs, attrs, backend });
    }
    return product(machine, { a: inputs.a, b: inputs.b }, attrs, "linear");
  },
  _FusedMatMul: fused(
    machine,
    ({ inputs, attrs }, bias, activation) =>
      product(machine, { a: inputs.a, b: inputs.b, bias }, attrs, activation),
    ({ inputs, attrs }) => inputs.b.shape.at(attrs.transposeB ? -2 : -1),
  ),
});

/** Two stacks of matrices, broadcast to each other; the bias is along the columns. */
interface Operands {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
  readonly bias?: TensorInfo | undefined;
}

function product(
  machine: Machine,
  { a, b, bias }: Operands,
  { transposeA = false, transposeB = false }: MatmulAttributes,
  activation: Rectifier,
): TensorInfo {
  const { tf, pointer } = machine;
  if (a.shape.length < 2 || b.shape.length < 2) {
    throw new Error(`Cannot multiply [${a.shape}] by [${b.shape}]: both must have rank 2 or more`);
  }
  const [ra, ca] = a.shape.slice(-2) as [number, number];
  const [rb, cb] = b.shape.slice(-2) as [number, number];
  const rows = transposeA ? ca : ra, inner = transposeA ? ra : ca;
  const columns = transposeB ? rb : cb;
  if (inner !== (transposeB ? cb : rb)) {
    throw new Error(
      `Error in matMul: inner shapes (${inner}) and (${
        transposeB ? cb : rb
      }) of Tensors with shapes ${a.shape} ` +
        `and ${b.shape} and transposeA=${transposeA} and transposeB=${transposeB} must match.`,
    );
  }
  const batchesA = tf.util.sizeFromShape(a.shape.slice(0, -2));
  const batchesB = tf.util.sizeFromShape(b.shape.slice(0, -2));
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(
    a.shape.slice(0, -2),
    b.shape.slice(0, -2),
  );
  const out = machine.outputInfo([...outer, rows, columns]);
  const at = { a: pointer(a), b: pointer(b), out: pointer(out), bias: bias ? pointer(bias) : 0 };
  for (let i = 0; i < tf.util.sizeFromShape(outer); i++) {
    const left = at.a + (i % batchesA) * ra * ca * 4;
    const right = at.b + (i % batchesB) * rb * cb * 4;
    const to = at.out + i * rows * columns * 4;
    const rest = { rows, inner, columns, transposeB, out: to, bias: at.bias, activation };
    if (!transposeA) {
      multiply(machine, { ...rest, a: left, b: right });
    } else if (!transposeB && !bias && activation === "linear") {
      multiplyTransposed(machine, {
        rows: inner,
        a: left,
        left: rows,
        d: right,
        right: columns,
        out: to,
      });
    } else {
      transposed(
        machine,
        { at: left, rows: inner, columns: rows },
        (a) => multiply(machine, { ...rest, a, b: right }),
      );
    }
  }
  return out;
}

/** Runs `body` with the transpose [columns, rows] of the matrix [rows, columns] at `at`. */
function transposed<T>(
  machine: Machine,
  { at, rows, columns }: { readonly at: number; readonly rows: number; readonly columns: number },
  body: (at: number) => T,
): T {
  return machine.scratch(rows * columns * 4, (out) => {
    machine.launch("transpose", Math.ceil(rows / 4), out, at, rows, columns);
    return body(out);
  });
}
