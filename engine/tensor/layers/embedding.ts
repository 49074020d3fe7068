/** Rows of a table by number. */
import type { TensorInfo } from "../../deps/tfjs_core.ts";
import { sizeOf } from "../../shape.ts";
import type { Machine } from "../machine.ts";
import type { LayerKernels } from "../types.ts";

/** Blocks of the table that the gradient is cut into. */
const BLOCKS = 8;

/** See `LayerKernels`. */
export const embeddingLayers = (machine: Machine): Pick<LayerKernels, "embedding"> => ({
  embedding(table, ids) {
    const { pointer, output, launch, operation } = machine;
    if (table.rank !== 2 || ids.dtype !== "int32") {
      throw new Error(
        `Cannot look up ${ids.dtype} [${ids.shape}] in [${table.shape}]: ` +
          "numbers must be int32, the table [entries, width]",
      );
    }
    const [entries, width] = table.shape as [number, number];
    const [y] = operation("embedding", { table }, (save) => {
      const y = output([...ids.shape, width]);
      const pointers = [table, ids, y].map(pointer);
      launch("embedding", ids.size, ...pointers, width, entries, ids.size, 1);
      save(ids);
      return [y];
    }, ([dy], [ids]) => ({
      table: () => {
        const dtable = output([entries, width]);
        addRows(machine, dy!, ids!, dtable);
        return dtable;
      },
    }));
    return y!;
  },
});

/** table [V, …] = for each number the sum, in their order, of the rows [n, …] that have it; others have no place. */
export function addRows(
  { pointer, launch }: Machine,
  rows: TensorInfo,
  ids: TensorInfo,
  table: TensorInfo,
): void {
  const [entries, ...row] = table.shape as [number, ...number[]];
  const width = sizeOf(row);
  const count = sizeOf(ids.shape);
  const block = Math.max(1, Math.ceil(entries / BLOCKS));
  const pointers = [rows, ids, table].map(pointer);
  const blocks = Math.ceil(entries / block);
  launch("embeddingGradient", blocks, ...pointers, width, entries, count, block);
}
