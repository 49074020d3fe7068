import { diskStore } from "../../../engine/store/disk_store.ts";
import { openStoreFolder } from "../../../engine/store/store_folder.ts";
import { sample } from "./contract.ts";

/** A store with three records; `one` and `two` were touched by a run, `three` by none. */
export async function stocked() {
  const root = await Deno.makeTempDir();
  const place = await openStoreFolder(root);
  const store = await diskStore(root);
  const [one, two, three] = ["one", "two", "three"].map(sample) as [
    ReturnType<typeof sample>,
    ReturnType<typeof sample>,
    ReturnType<typeof sample>,
  ];
  for (const { key, outcome, blobs } of [one, two, three]) await store.publish(key, outcome, blobs);
  const journal = await store.journal();
  for (const { key } of [one, two]) await journal.append({ event: "hit", key });
  return {
    root,
    place,
    store,
    one,
    two,
    three,
    journal,
    async left(): Promise<string[]> {
      const names = new Map([[one.key, "one"], [two.key, "two"], [three.key, "three"]]);
      const found: string[] = [];
      for await (const { key } of store.outcomes()) found.push(names.get(key)!);
      return found.sort();
    },
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}
