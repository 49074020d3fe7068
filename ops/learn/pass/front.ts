/**
 * The front of a network that a training leaves as it is: computed as in inference, outside of what is differentiated,
 * and once for each sample where all epochs see the samples alike.
 */
import type { Room, Tensor } from "../../../engine/tensor/mod.ts";
import { forward } from "../../model/forward.ts";
import { isDropout } from "../../model/kinds/elementwise.ts";
import { kindOf } from "../../model/kinds/mod.ts";
import { shapesOf, sizeOf, weightSlots } from "../../model/layers.ts";
import { type Architecture, type Layer, ownerOf } from "../../model/model.ts";
import type { SampleBatch } from "../batches.ts";

/** A network in two: the values that `front` gives are inputs of `back`, behind those of the whole. */
interface DividedNetwork {
  readonly front: Architecture;
  readonly back: Architecture;
}

/** The most that the values of all samples may take to be kept: 256 MiB. */
const KEPT = 0x1000_0000;

/**
 * A network divided in front of the first layers that learn, on each way through it. The front are the layers that are
 * `frozen`, or have no weights and draw nothing, and read nothing else. Undefined where no layer with weights is among
 * them, or all are.
 */
export function divided(
  network: Architecture,
  frozen: ReadonlySet<string>,
): DividedNetwork | undefined {
  const owners = new Set(weightSlots(network).map(({ layer }) => layer.name));
  const weighted = new Set(
    network.layers.filter((layer) => owners.has(ownerOf(layer))).map(({ name }) => name),
  );
  const still = new Set(network.inputs.map(({ name }) => name));
  const stands = (layer: Layer) =>
    frozen.has(ownerOf(layer)) ||
    !weighted.has(layer.name) && !isDropout(layer) && !kindOf(layer).samples;
  for (const layer of network.layers) {
    if (stands(layer) && layer.inputs.every((name) => still.has(name))) still.add(layer.name);
  }
  const [standing, moving] = [true, false].map((stays) =>
    network.layers.filter(({ name }) => still.has(name) === stays)
  ) as [Layer[], Layer[]];
  if (moving.length === 0 || !standing.some(({ name }) => weighted.has(name))) return undefined;
  const read = new Set([...moving.flatMap(({ inputs }) => inputs), ...network.outputs]);
  const between = standing.map(({ name }) => name).filter((name) => read.has(name));
  const shapes = shapesOf(network);
  const values = between.map((name) => ({ name, shape: shapes[name]! }));
  return {
    front: { ...network, layers: standing, outputs: between },
    back: { ...network, inputs: [...network.inputs, ...values], layers: moving },
  };
}

/** The front of a network in a training. */
export interface Front {
  /** What reads its values, behind the inputs of the whole. */
  readonly back: Architecture;
  /** Its values on a batch, of which `x` are the inputs. For the caller's `tidy`. */
  values(batch: SampleBatch, x: readonly Tensor[]): readonly Tensor[];
}

/**
 * Opens the front of a divided network, whose weights are among `weights`, for `count` samples and so many epochs. In
 * inference a row does not depend on its neighbours, so that what is kept of another batch has the same bits.
 */
export function openFront(
  room: Room,
  { front, back }: DividedNetwork,
  { weights, count, epochs }: {
    readonly weights: Readonly<Record<string, Tensor>>;
    readonly count: number;
    readonly epochs: number;
  },
): Front {
  const shapes = shapesOf(front);
  const of = front.outputs.map((name) => ({ shape: shapes[name]!, size: sizeOf(shapes[name]!) }));
  const bytes = 4 * count * of.reduce((sum, { size }) => sum + size, 0);
  const computed = (x: readonly Tensor[]) =>
    forward(room, { ...front, weights }, x, { training: false }).outputs;
  if (epochs === 1 || bytes > KEPT) return { back, values: (_batch, x) => computed(x) };
  const rows = of.map(({ size }) => new Float32Array(count * size));
  const seen = new Uint8Array(count);
  return {
    back,
    values({ samples, view }, x) {
      if (view !== undefined) return computed(x);
      if (samples.some((sample) => seen[sample] === 0)) {
        const values = computed(x);
        for (const [i, { size }] of of.entries()) {
          const found = room.values(values[i]!);
          for (const [row, sample] of samples.entries()) {
            rows[i]!.set(found.subarray(row * size, (row + 1) * size), sample * size);
          }
        }
        for (const sample of samples) seen[sample] = 1;
        return values;
      }
      return of.map(({ shape, size }, i) => {
        const known = new Float32Array(samples.length * size);
        for (const [row, sample] of samples.entries()) {
          known.set(rows[i]!.subarray(sample * size, (sample + 1) * size), row * size);
        }
        return room.tensor(known, [samples.length, ...shape]);
      });
    },
  };
}
