/** What tfjs's fused kernels may ask of ours. */
import type { TensorInfo } from "../../deps/tfjs_core.ts";
import type { Rectifier } from "../matrix.ts";

/** The activation, if it and the bias are what the kernels apply on their way out; else an error. */
export function fusable(
  kernel: string,
  bias: TensorInfo | undefined,
  activation: string = "linear",
): Rectifier {
  const fits = (activation === "linear" || activation === "relu" || activation === "relu6") &&
    (!bias || bias.shape.length === 1);
  if (!fits) {
    throw new Error(
      `Cannot run tfjs's "${kernel}" with "${activation}"${
        bias ? ` and a bias of shape [${bias.shape}]` : ""
      } in the tensor room: use the unfused operations or a layer of the room`,
    );
  }
  return activation;
}
