/** The room's machine, with what is launched on it written down. */
import type { Machine } from "../../../../engine/tensor/machine.ts";
import { roomEquipment } from "../../../../engine/tensor/room.ts";

const { machine } = await roomEquipment();

/** Launches in order: the kernel, its units, its numbers; scratch memory as its bytes. They run all the same. */
export function spied(): { readonly machine: Machine; readonly calls: (string | number)[][] } {
  const calls: (string | number)[][] = [];
  return {
    calls,
    machine: {
      ...machine,
      scratch: (bytes, body) => {
        calls.push(["scratch", bytes]);
        return machine.scratch(bytes, body);
      },
      launch: (kernel, units, ...numbers) => {
        calls.push([kernel, units, ...numbers]);
        machine.launch(kernel, units, ...numbers);
      },
    },
  };
}

/** Calls a kernel of tfjs as it does, and gives back the result as a tensor. */
export function called(
  kernel: (call: { inputs: object; attrs: object; backend: unknown }) => unknown,
  inputs: object,
  attrs: object = {},
) {
  const { tf } = machine;
  const made = kernel({ inputs, attrs, backend: tf.backend() });
  const infos = Array.isArray(made) ? made : [made];
  return infos.map((info) => tf.engine().makeTensorFromTensorInfo(info));
}
