/** The room: one body at a time has tfjs on our backend, and leaves nothing behind. */
import { loadTf, type Tensor } from "../deps/tfjs_core.ts";
import { loadTfCpu } from "../deps/tfjs_backend_cpu.ts";
import { loadTfLayers } from "../deps/tfjs_layers.ts";
import { sizeOf } from "../shape.ts";
import { BACKEND, registerBackend } from "./backend.ts";
import { differentiate } from "./differentiate.ts";
import { kernelInstance } from "./instance.ts";
import { BLOCK } from "./layers/elementwise.ts";
import { createLayers } from "./layers/mod.ts";
import { createMachine, type Machine } from "./machine.ts";
import type { LayerKernels, Room, RoomOptions } from "./types.ts";
import { registerKernels } from "./overrides/mod.ts";
import { createThreadPool, type ThreadPool } from "./thread_pool.ts";
import { createUpdate } from "./update.ts";

interface Equipment {
  readonly machine: Machine;
  readonly pool: ThreadPool;
  readonly nn: LayerKernels;
  readonly update: Room["update"];
}

/** More would only wait for each other. */
const MOST_THREADS = 64;

let equipment: Promise<Equipment> | undefined;
let turn: Promise<unknown> = Promise.resolve();

/** See `withTensors`. */
export async function openRoom<T>(
  body: (room: Room) => Promise<T> | T,
  options: RoomOptions,
): Promise<T> {
  const threads = options.threads ?? 1;
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS) {
    throw new RangeError(
      `Cannot compute with ${threads} threads: it must be an integer from 1 to ${MOST_THREADS}`,
    );
  }
  const before = turn;
  let leave!: () => void;
  turn = new Promise<void>((resolve) => leave = resolve);
  await before;
  try {
    const ready = await (equipment ??= equip());
    ready.pool.resize(threads);
    ready.pool.useNative(options.kernels);
    return await occupy(ready, body);
  } finally {
    leave();
  }
}

async function equip(): Promise<Equipment> {
  const instance = kernelInstance();
  const pool = createThreadPool(instance);
  // tfjs-layers is loaded for the gradients of tfjs's ops that it registers.
  const [tf, cpu] = await Promise.all([loadTf(), loadTfCpu(), loadTfLayers()]);
  const backend = registerBackend(tf, cpu, instance);
  const machine = createMachine(tf, backend, instance, pool);
  registerKernels(machine);
  return { machine, pool, nn: createLayers(machine), update: createUpdate(machine) };
}

/** Parts of tfjs's engine that its types hide. */
interface ScopeEngine {
  backendName: string | null;
  backendInstance: unknown;
  startScope(name: string): void;
  endScope(): void;
  state: { activeScope: { track: Tensor[] } };
}

async function occupy<T>(
  equipment: Equipment,
  body: (room: Room) => Promise<T> | T,
): Promise<T> {
  const { machine } = equipment;
  const { tf } = machine;
  const engine = tf.engine() as unknown as ScopeEngine;
  const previous = { name: engine.backendName, instance: engine.backendInstance };
  await tf.setBackend(BACKEND);
  engine.startScope("room");
  const scope = engine.state.activeScope;
  const blocks = machine.allocator.usage().blocks;
  let left: Tensor[] = [];
  let value: T;
  try {
    value = await body(createRoom(equipment));
  } finally {
    left = scope.track.filter((tensor) => !tensor.isDisposed);
    engine.endScope();
    engine.backendName = previous.name;
    engine.backendInstance = previous.instance;
  }
  const kept = machine.allocator.usage().blocks - blocks;
  if (strict && (left.length > 0 || kept > 0)) {
    throw new Error(
      `internal: ${left.length} tensors were left in the room (${
        left.slice(0, 8).map((tensor) => `[${tensor.shape}]`).join(" ")
      }) and ${kept} buffers kept`,
    );
  }
  return value;
}

/** Drops disposed tensors from tfjs's list of what the room's scope tracks, or a long training would only let it grow. */
function forgetDisposed({ state: { activeScope } }: ScopeEngine): void {
  if (activeScope.track.length < TRACKED) return;
  activeScope.track = activeScope.track.filter((tensor) => !tensor.isDisposed);
}

/** So many tensors are tracked before the list is looked through. */
const TRACKED = 4096;

let strict = false;

/** In tests: a tensor that a body leaves behind is an error. Returns the former setting. */
export function refuseLeaks(on: boolean): boolean {
  const before = strict;
  strict = on;
  return before;
}

/** For tests: what the room works with; its memory's counters, its threads to be held back. */
export async function roomEquipment(): Promise<Equipment> {
  return await (equipment ??= equip());
}

function createRoom({ machine, nn, update }: Equipment): Room {
  const { tf } = machine;
  return {
    tf,
    nn,
    update,
    tensor: (data, shape, dtype = data instanceof Int32Array ? "int32" : "float32") =>
      tf.tensor(data, shape as number[], dtype),
    values: (tensor) => tensor.dataSync<"float32">() as Float32Array,
    integers(tensor) {
      if (!("pairs" in tensor)) return tensor.dataSync<"int32">() as Int32Array;
      const pairs = tensor.pairs.dataSync<"int32">() as Int32Array;
      return Int32Array.from(new Int16Array(pairs.buffer, 0, sizeOf(tensor.shape)));
    },
    short(data, shape) {
      const pairs = new Int32Array(Math.ceil(data.length / 2));
      new Int16Array(pairs.buffer).set(data);
      let [low, high] = [0, 0];
      for (let i = 0; i < data.length; i++) {
        low = Math.min(low, data[i]!);
        high = Math.max(high, data[i]!);
      }
      return { pairs: tf.tensor1d(pairs, "int32"), shape, low, high };
    },
    dropout({ key, block }, rate, shape) {
      const mask = machine.output(shape);
      const units = Math.ceil(mask.size / BLOCK);
      const [low, high] = key.map((word) => word | 0) as [number, number];
      // A draw is a whole number of 2⁻²⁴.
      const threshold = Math.ceil(rate * 16777216);
      const given = [low, high, block | 0, threshold, 1 / (1 - rate)];
      machine.launch("dropout", units, ...given, machine.pointer(mask), mask.size);
      return mask;
    },
    valueAndGradients: (body, variables) => {
      forgetDisposed(tf.engine() as unknown as ScopeEngine);
      return differentiate(machine, body, variables);
    },
    yieldToEventLoop: createYield(),
  };
}

/** Milliseconds of computing after which the event loop runs. */
const INTERVAL = 50;

/** See `Room.yieldToEventLoop`. */
function createYield(): () => Promise<void> {
  let last = performance.now();
  return () => {
    if (performance.now() - last < INTERVAL) return Promise.resolve();
    return new Promise((resolve) =>
      setTimeout(() => {
        last = performance.now();
        resolve();
      }, 0)
    );
  };
}
