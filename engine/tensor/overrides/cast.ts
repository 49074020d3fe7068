/** Changes of type: tfjs's own share the data where JavaScript's arrays would read the same, ours must convert. */
import type { TensorInfo } from "../../deps/tfjs_core.ts";
import type { Machine, Overrides } from "../machine.ts";
import { view } from "./view.ts";

/** See the file's header. */
export const castOverrides = (machine: Machine): Overrides => {
  const stock = machine.tf.getKernel("Cast", "cpu").kernelFunc;
  const numeric = new Set(["float32", "int32", "bool"]);
  return {
    Cast(call) {
      const x: TensorInfo = call.inputs.x;
      const dtype = call.attrs.dtype;
      if (x.dtype === dtype || !numeric.has(x.dtype) || !numeric.has(dtype)) {
        return stock({ inputs: call.inputs, attrs: call.attrs, backend: call.backend });
      }
      const y = machine.outputInfo(x.shape, dtype);
      const from = view(machine, x);
      const to = view(machine, y);
      // A typed array's `set` converts as its elements would: numbers to integers by truncation.
      if (dtype !== "bool") to.set(from);
      else for (let i = 0; i < from.length; i++) to[i] = from[i] === 0 ? 0 : 1;
      return y;
    },
  };
};
