/** tfjs-core: tensors, dispatch, the gradient tape. 80 MB with its parts, hence loaded by a computed specifier. */
import type * as tfjs from "npm:@tensorflow/tfjs-core@4.22.0";

/** The module. */
export type Tf = typeof tfjs;
export type {
  DataType,
  NamedTensorMap,
  Scalar,
  Tensor,
  TensorInfo,
  Variable,
} from "npm:@tensorflow/tfjs-core@4.22.0";

const specifier = "npm:@tensorflow/tfjs-core@4.22.0";

/** Loads tfjs-core. */
export const loadTf = (): Promise<Tf> => import(specifier);
