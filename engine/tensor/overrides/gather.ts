/** tfjs's choice of slices by number along one axis, and the sum back, on the kernels of the embedding. */
import type { TensorInfo } from "../../deps/tfjs_core.ts";
import { addRows } from "../layers/embedding.ts";
import type { Machine, Overrides } from "../machine.ts";
import { view } from "./view.ts";

/** See the file's header. */
export const gatherOverrides = (machine: Machine): Overrides => {
  const { tf, pointer, outputInfo, launch } = machine;
  const stockGather = tf.getKernel("GatherV2", "cpu").kernelFunc;
  const stockSum = tf.getKernel("UnsortedSegmentSum", "cpu").kernelFunc;
  return {
    GatherV2(call) {
      const { x, indices }: { x: TensorInfo; indices: TensorInfo } = call.inputs;
      if (x.dtype !== "float32" && x.dtype !== "int32" || indices.dtype !== "int32") {
        return stockGather({ inputs: call.inputs, attrs: call.attrs, backend: call.backend });
      }
      const axis = tf.util.parseAxisParam(call.attrs.axis, x.shape)[0]!;
      const { batchSize, outerSize, dimSize, sliceSize, outputShape } = tf.backend_util.segment_util
        .collectGatherOpShapeInfo(x as never, indices as never, axis, call.attrs.batchDims ?? 0);
      assertInside(view(machine, indices), dimSize);
      const y = outputInfo(outputShape, x.dtype);
      const count = tf.util.sizeFromShape(indices.shape) / batchSize;
      const pointers = [x, indices, y].map(pointer);
      const units = batchSize * outerSize * count;
      if (sliceSize > 0) {
        launch("embedding", units, ...pointers, sliceSize, dimSize, count, outerSize);
      }
      return y;
    },
    UnsortedSegmentSum(call) {
      const { x, segmentIds }: { x: TensorInfo; segmentIds: TensorInfo } = call.inputs;
      if (x.dtype !== "float32" || segmentIds.dtype !== "int32") {
        return stockSum({ inputs: call.inputs, attrs: call.attrs, backend: call.backend });
      }
      const y = outputInfo([call.attrs.numSegments, ...x.shape.slice(1)]);
      addRows(machine, x, segmentIds, y);
      return y;
    },
  };
};

function assertInside(numbers: ArrayLike<number>, length: number): void {
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i]!;
    if (number < 0 || number >= length) {
      throw new Error(`GatherV2: the index value ${number} is not in [0, ${length - 1}]`);
    }
  }
}
