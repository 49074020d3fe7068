/** The convolution layer and its gradients. */
import type { Tensor } from "../../deps/tfjs_core.ts";
import { convolve, convolveBack, convolveFilter } from "../products/convolution.ts";
import { type Geometry, windowGeometry } from "../products/geometry.ts";
import type { Machine } from "../machine.ts";
import { biased, type Epilogue, type Rectifier } from "../products/matrix.ts";
import type { LayerKernels } from "../types.ts";
import { elementwiseLayers } from "./elementwise.ts";
import { normalized } from "./normalized.ts";
import { biasGradient, isRectifier, throughRectifier } from "./rectified.ts";

/** See `LayerKernels`. */
export const conv2dLayers = (machine: Machine): Pick<LayerKernels, "conv2d"> => {
  const { activate } = elementwiseLayers(machine);
  return {
    conv2d(x, w, b, window, activation, norm) {
      assertShapes(x, w, b);
      const g = windowGeometry(x.shape, [w.shape[0]!, w.shape[1]!], window);
      if (norm) {
        return normalized(machine, norm, b, w.shape[3]!, activation, {
          fused: (epilogue) => forward(machine, g, x, w, epilogue),
          plain: () => conv2d(machine, g, x, w, b, "linear"),
        });
      }
      return isRectifier(activation)
        ? conv2d(machine, g, x, w, b, activation)
        : activate(conv2d(machine, g, x, w, b, "linear"), activation);
    },
  };
};

function assertShapes(x: Tensor, w: Tensor, b: Tensor | null): void {
  const fits = x.rank === 4 && w.rank === 4 && x.shape[3] === w.shape[2] &&
    (!b || (b.rank === 1 && b.shape[0] === w.shape[3]));
  if (!fits) {
    throw new Error(
      `Cannot convolve x [${x.shape}] with w [${w.shape}]${b ? ` and bias [${b.shape}]` : ""}: ` +
        "expected [B, H, W, C], [kh, kw, C, O] and [O]",
    );
  }
}

function forward(machine: Machine, g: Geometry, x: Tensor, w: Tensor, epilogue: Epilogue): Tensor {
  const { pointer } = machine;
  const n = w.shape[3]!;
  const y = machine.output([g.images, g.outHeight, g.outWidth, n]);
  convolve(machine, g, n, { x: pointer(x), w: pointer(w), out: pointer(y) }, epilogue);
  return y;
}

function conv2d(
  machine: Machine,
  g: Geometry,
  x: Tensor,
  w: Tensor,
  b: Tensor | null,
  activation: Rectifier,
): Tensor {
  const { pointer } = machine;
  const n = w.shape[3]!;
  const inputs: { x: Tensor; w: Tensor; b?: Tensor } = b ? { x, w, b } : { x, w };
  const [y] = machine.operation(
    "conv2d",
    inputs as Record<string, Tensor>,
    (save) => {
      const y = forward(machine, g, x, w, biased(b ? machine.pointer(b) : 0, activation));
      if (activation === "linear") save(x, w);
      else save(x, w, y);
      return [y];
    },
    ([dy], [x, w, y]) => {
      const dz = throughRectifier(machine, dy!, y, activation);
      return {
        x: () => {
          const dx = machine.output(x!.shape);
          convolveBack(machine, g, n, { dy: pointer(dz), w: pointer(w!), dx: pointer(dx) });
          return dx;
        },
        w: () => {
          const dw = machine.output(w!.shape);
          convolveFilter(machine, g, n, { x: pointer(x!), dy: pointer(dz), dw: pointer(dw) });
          return dw;
        },
        b: () => biasGradient(machine, dz, n),
      };
    },
  );
  return y!;
}
