/** Pins: names under which records are kept until they are let go. */
import { canonicalBytes, type Key } from "../digest.ts";
import { onDisk, type Place } from "./place.ts";
import { publishFile } from "./publish_file.ts";

/** Holds keys under a name; a pin of that name is replaced. */
export async function pin(place: Place, name: string, keys: readonly Key[]): Promise<void> {
  const path = place.flat("roots", `${name}.json`);
  const bytes = canonicalBytes({ keys });
  await onDisk(place.root, () => publishFile(place, path, bytes, { kind: "other", at: () => {} }));
}

/** Lets go of a pin; whether there was one. */
export async function unpin(place: Place, name: string): Promise<boolean> {
  try {
    await onDisk(place.root, () => Deno.remove(place.flat("roots", `${name}.json`)));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
