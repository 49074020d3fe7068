/** Which kernels tfjs runs in the room: ours, those of its own that are exact, and for the rest a sentence. */
import assert from "node:assert/strict";
import { BACKEND } from "../../../../engine/tensor/backend.ts";
import type { Machine } from "../../../../engine/tensor/machine.ts";
import { registerKernels } from "../../../../engine/tensor/overrides/mod.ts";
import { roomEquipment } from "../../../../engine/tensor/room.ts";

interface Registered {
  readonly kernelName: string;
  readonly backendName: string;
  readonly kernelFunc: (call: object) => unknown;
}

const { machine } = await roomEquipment();
const stock = machine.tf.getKernelsForBackend("cpu") as unknown as readonly Registered[];

/** What is registered where tfjs's CPU backend has these kernels. */
function registered(kernels: readonly Registered[]): Registered[] {
  const found: Registered[] = [];
  const tf = Object.create(machine.tf, {
    getKernelsForBackend: { value: (name: string) => name === "cpu" ? kernels : [] },
    registerKernel: { value: (kernel: Registered) => void found.push(kernel) },
  });
  registerKernels({ ...machine, tf } as Machine);
  return found;
}

Deno.test("every kernel of tfjs has one of the room's, which is ours, its own or a refusal", () => {
  const all = registered(stock);
  assert.deepEqual(all.map(({ kernelName }) => kernelName), stock.map((each) => each.kernelName));
  assert.ok(all.every(({ backendName }) => backendName === BACKEND));
  const own = new Map(stock.map((each) => [each.kernelName, each.kernelFunc]));
  const refused: string[] = [];
  const ours: string[] = [];
  for (const { kernelName, kernelFunc } of all) {
    if (kernelFunc === own.get(kernelName)) continue;
    try {
      kernelFunc({ inputs: {}, attrs: {} });
    } catch (error) {
      if ((error as Error).message.startsWith("Cannot run")) {
        refused.push(kernelName);
        continue;
      }
    }
    ours.push(kernelName);
  }
  // Draws of random numbers, a canvas, sines and exponentials that IEEE 754 leaves open.
  assert.deepEqual(
    refused.sort(),
    ["Draw", "Multinomial", "NonMaxSuppressionV5", "RotateWithOffset"],
  );
  assert.ok(ours.length > 70 && ours.includes("Conv2D") && ours.includes("Add"));
  assert.ok(!ours.includes("FloorDiv") && !ours.includes("MaxPool"));
});

Deno.test("a kernel that is refused says its name and what else there is", () => {
  const draw = registered(stock).find(({ kernelName }) => kernelName === "Draw")!;
  assert.throws(() => draw.kernelFunc({}), {
    message:
      `Cannot run tfjs's "Draw" in the tensor room: its result may differ between machines; ` +
      "use a layer of the room or another operation",
  });
});

Deno.test("what tfjs no longer has is a fault that names it", () => {
  const rest = stock.filter(({ kernelName }) =>
    kernelName !== "Conv2D" && kernelName !== "FloorDiv"
  );
  assert.throws(
    () => registered(rest),
    { message: "internal: tfjs has no kernels named Conv2D, FloorDiv" },
  );
});
