/**
 * How much memory the values of a file take while it runs: each tensor that is not constant gets a place that nothing else
 * has while it is needed, the largest first, each in the first gap that is large enough. That is the greedy planner of
 * TensorFlow Lite Micro (`micro/memory_planner/greedy_memory_planner.cc`).
 */
import { sizeOf } from "../../../../engine/shape.ts";
import { typeNamed } from "../constants.ts";
import { operatorCoded, type OperatorName } from "../operators.ts";
import { type TensorType, type TfliteFile, TYPES } from "../schema.ts";

/** Where tensors lie, in bytes from the start of the arena. */
interface Arena {
  readonly bytes: number;
  /** By tensor; below 0 those of operators' own sums. */
  readonly places: ReadonlyMap<number, ArenaTensor>;
}

/** A tensor's place, and the operators between which it is needed: made by `from`, read last by `to`. */
interface ArenaTensor {
  readonly at: number;
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
}

/** Tensors begin at multiples of it. */
export const ARENA_ALIGNMENT = 16;

const BYTES: { readonly [T in TensorType]: number } = {
  float32: 4,
  float16: 2,
  int32: 4,
  uint8: 1,
  int64: 8,
  bool: 1,
  int8: 1,
};

/**
 * What the interpreter keeps in the arena besides, in bytes, where pointers have 8 of them: itself, records of each tensor
 * and operator with what its kernel remembers, and a multiplier with its shift for each channel of a convolution. The
 * reference kernels of TensorFlow Lite Micro need a little less; those of a chip's maker may want scratch memory on top.
 */
const RECORDS = { interpreter: 2048, tensor: 24, operator: 192, channel: 8 } as const;

/** Bytes for each tensor that the interpreter needs while it plans, where the tensors will lie. */
const PLANNING = 64;

const BY_CHANNEL: ReadonlySet<OperatorName> = new Set([
  ...["CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV"] as const,
]);

/** Bytes of an arena in which a file runs: its tensors as they are planned, and the interpreter's records. */
export function arenaBytes(file: TfliteFile): number {
  const { subgraphs: [graph], codes } = file;
  const { tensors, operators } = graph!;
  const channels = operators.map(({ code, outputs }) =>
    BY_CHANNEL.has(operatorCoded(codes[code]!.code)!) ? tensors[outputs[0]!]!.shape.at(-1)! : 0
  ).reduce((sum, each) => sum + each, 0);
  const records = RECORDS.interpreter + RECORDS.tensor * tensors.length +
    RECORDS.operator * operators.length + RECORDS.channel * channels;
  const head = Math.max(plannedArena(file).bytes, PLANNING * tensors.length);
  return head + aligned(records);
}

const aligned = (bytes: number): number => Math.ceil(bytes / ARENA_ALIGNMENT) * ARENA_ALIGNMENT;

/** The arena of a file's graph, tensors as large as their shapes say. */
export function plannedArena({ subgraphs: [graph], buffers, codes }: TfliteFile): Arena {
  const { tensors, operators, inputs, outputs } = graph!;
  const lives = new Map<number, { from: number; to: number }>();
  const needed = (tensor: number, at: number) => {
    const life = lives.get(tensor);
    if (life === undefined) lives.set(tensor, { from: at, to: at });
    else life.to = Math.max(life.to, at);
  };
  for (const tensor of inputs) needed(tensor, 0);
  operators.forEach((operator, at) => {
    for (const tensor of [...operator.inputs, ...operator.outputs]) {
      if (tensor >= 0 && buffers[tensors[tensor]!.buffer]?.data === undefined) needed(tensor, at);
    }
  });
  for (const tensor of outputs) needed(tensor, operators.length);
  const scratch = operators.flatMap(({ code, outputs: [made = -1] }, at) => {
    const sums = operatorCoded(codes[code]!.code) === "MEAN" && tensors[made]!.type === TYPES.int8;
    // A sum of 32 bits for each mean.
    return sums
      ? [{ tensor: -1 - at, from: at, to: at, bytes: aligned(4 * sizeOf(tensors[made]!.shape)) }]
      : [];
  });
  const wanted = [...lives].map(([tensor, life]) => {
    const { shape, type } = tensors[tensor]!;
    const bytes = sizeOf(shape) * BYTES[typeNamed(type) ?? "float32"];
    return { tensor, ...life, bytes: aligned(bytes) };
  }).concat(scratch).sort((a, b) => b.bytes - a.bytes || a.from - b.from || a.tensor - b.tensor);
  const places = new Map<number, ArenaTensor>();
  for (const { tensor, ...each } of wanted) {
    const beside = [...places.values()].filter(({ from, to }) => from <= each.to && each.from <= to)
      .sort((a, b) => a.at - b.at);
    let at = 0;
    for (const other of beside) {
      if (other.at - at >= each.bytes) break;
      at = Math.max(at, other.at + other.bytes);
    }
    places.set(tensor, { ...each, at });
  }
  const bytes = [...places.values()].reduce(
    (most, place) => Math.max(most, place.at + place.bytes),
    0,
  );
  return { bytes, places };
}
