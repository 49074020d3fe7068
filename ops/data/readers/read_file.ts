/** The content of files, part by part; those that are gzipped are unpacked. */
import { given } from "../../../engine/given.ts";
import type { RunContext } from "../../../engine/op.ts";
import { bytesText, MEMORY } from "../../../engine/size.ts";
import { took } from "../../../engine/thread.ts";
import { TooLargeError, unpackedSync } from "../../../engine/unpack.ts";
import type { PartName } from "../dataset.ts";
import type { PartFiles } from "./data_format.ts";

/** A file's content, unpacked. */
export async function readFile(context: RunContext, name: string): Promise<Uint8Array> {
  const bytes = gunzipped(await context.read(name), name, context.memory);
  took(bytes.length);
  return bytes;
}

/**
 * A file's content: unpacked if it begins as gzip does, else as it is. Throws a RangeError naming the file, where it is
 * damaged and where it would fill more than half of `memory`: what is read of it needs room too.
 */
export function gunzipped(bytes: Uint8Array, name: string, memory: number = MEMORY): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const most = Math.floor(memory / 2);
  try {
    return unpackedSync(bytes, "gzip", most);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const why = cause instanceof TooLargeError
      ? `its ${bytesText(bytes.length)} unpack to more than ${
        bytesText(most)
      }, half of the budget; ` +
        `divide it, or allow more: --memory 8GB`
      : "its gzip data are damaged or cut off; get the file again";
    throw new RangeError(`Cannot unpack "${name}": ${why}`, { cause });
  }
}

/** What `read` makes of the files of each part that is there. */
export async function eachPart<T>(
  { train, validation, test }: PartFiles,
  read: (files: readonly string[]) => Promise<T>,
): Promise<Partial<Record<PartName, T>> & { train: T }> {
  return {
    train: await read(train),
    ...given({
      validation: validation && await read(validation),
      test: test && await read(test),
    }),
  };
}
