/** Rows of a table by number. */
import type { Machine } from "../machine.ts";
import type { LayerKernels } from "../mod.ts";

/** Blocks of the table that the gradient is cut into. */
const BLOCKS = 8;

/** See `LayerKernels`. */
export const embeddingLayers = (
  { pointer, output, launch, operation }: Machine,
): Pick<LayerKernels, "embedding"> => ({
  embedding(table, ids) {
    if (table.rank !== 2 || ids.dtype !== "int32") {
      throw new Error(
        `Cannot look up ${ids.dtype} [${ids.shape}] in [${table.shape}]: ` +
          "numbers must be int32, the table [entries, width]",
      );
    }
    const [entries, width] = table.shape as [number, number];
    const [y] = operation("embedding", { table }, (save) => {
      const y = output([...ids.shape, width]);
      launch("embedding", ids.size, pointer(table), pointer(ids), pointer(y), width, entries);
      save(ids);
      return [y];
    }, ([dy], [ids]) => ({
      table: () => {
        const dtable = output([entries, width]);
        const block = Math.max(1, Math.ceil(entries / BLOCKS));
        const pointers = [pointer(dy!), pointer(ids!), pointer(dtable)];
        const blocks = Math.ceil(entries / block);
        launch("embeddingGradient", blocks, ...pointers, width, entries, ids!.size, block);
        return dtable;
      },
    }));
    return y!;
  },
});
