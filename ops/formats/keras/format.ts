/** Models as Keras saves them: the older `.h5`, and the archive `.keras` of Keras 3. Read, not written. */
import type { ModelFormat } from "../format.ts";
import { begins } from "../format.ts";

const isHdf5 = begins("\x89HDF\r\n\x1a\n");

/** Names of files in a zip archive stand at its beginning and at its end. */
const [HEAD, TAIL] = [512, 1 << 16];

function isArchive(bytes: Uint8Array): boolean {
  if (!begins("PK\x03\x04")(bytes)) return false;
  const latin = new TextDecoder("latin1");
  const names = /metadata\.json|model\.weights\.h5/;
  return [bytes.subarray(0, HEAD), bytes.subarray(-TAIL)]
    .some((part) => names.test(latin.decode(part)));
}

export const keras: ModelFormat<"keras"> = {
  name: "keras",
  magic: (bytes) => isHdf5(bytes) || isArchive(bytes),
  refusal: {
    what: "is a model that Keras saved (.keras or .h5)",
    help: "it is read where a recipe names it: from: ./net.keras",
  },
  read: {
    field: "a model that Keras saved, .keras or .h5",
    what: "a model that Keras saved (.keras or .h5)",
    beside: () => [],
    async load(from, context, asked) {
      const bytes = await context.read(from);
      if (isHdf5(bytes)) {
        const { readH5Model } = await import("./h5_model.ts");
        return { model: readH5Model(bytes, from, asked), files: [bytes] };
      }
      const { readArchiveModel } = await import("./archive_model.ts");
      return { model: readArchiveModel(bytes, from, context.memory, asked), files: [bytes] };
    },
  },
};
