/** The last axis and the parameters that go with it. */
import type { Tensor } from "../../deps/tfjs_core.ts";

/** Length of x's last axis; throws unless every parameter is a vector of that length. */
export function channelsOf(
  x: Tensor,
  parameters: { readonly [name: string]: Tensor },
): number {
  const channels = x.shape.at(-1);
  if (channels === undefined) throw new Error("Cannot normalise a scalar: it has no channels");
  assertChannels(channels, parameters, `[${x.shape}]`);
  return channels;
}

/** Throws unless every parameter is a vector of `channels`; `what` is normalised. */
export function assertChannels(
  channels: number,
  parameters: { readonly [name: string]: Tensor },
  what = `${channels} channels`,
): void {
  for (const [name, tensor] of Object.entries(parameters)) {
    if (tensor.rank !== 1 || tensor.shape[0] !== channels) {
      throw new Error(
        `Cannot normalise ${what} with ${name} [${tensor.shape}]: it must be [${channels}]`,
      );
    }
  }
}
