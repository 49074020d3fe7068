/** A store's folder for a test. */
import { openStoreFolder, type StoreFolder } from "../../../engine/store/store_folder.ts";

/** An empty folder, removed at the end, and the sentences that were said of it. */
export async function storeFolder(): Promise<
  { readonly folder: StoreFolder; readonly root: string; readonly said: string[] } & AsyncDisposable
> {
  const root = await Deno.makeTempDir();
  const said: string[] = [];
  const folder = await openStoreFolder(root, { notice: (sentence) => void said.push(sentence) });
  return {
    folder,
    root,
    said,
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}
