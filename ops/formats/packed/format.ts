/** The format `packed`: one small file for storage. */
import { OneOf, Type } from "../../../engine/field.ts";
import type { Files } from "../../../engine/kind.ts";
import { begins, decodedAgain, defineExport } from "../format.ts";

/** Its one file. */
const PACKED_FILE = "model.packed";
/** What reads it in a page. */
const DECODER_FILE = "unpack.js";

export const packed = defineExport({
  name: "packed",
  fields: Type.Object({
    coding: OneOf(["huffman", "none"], {
      default: "huffman",
      description:
        "How codes, integers and distances are written: in words as long as they are rare, or all at one width",
    }),
    indices: OneOf(["relative", "bitmap"], {
      default: "relative",
      description:
        "How the places of weights that are not 0 are written: by the distance from the one before, or by a bit per weight",
    }),
    index_bits: Type.Integer({
      minimum: 1,
      maximum: 12,
      default: 5,
      description: "The bits of a distance; where one is larger, zeros are stored on the way",
    }),
    browser: Type.Optional(Type.Boolean({
      description:
        "Also unpack.js, an ES module of a few kB that reads the file in a page and gives its weights to tfjs, and the weights' shapes in the file for it",
    })),
  }, {
    description:
      "One small file for storage, model.packed; our runtime reads it, and pages with `browser`",
  }),
  async write(model, { coding, indices, index_bits: indexBits, browser }): Promise<Files> {
    const { encodePacked } = await import("./packed.ts");
    const options = { coding, indices, indexBits };
    if (browser !== true) return { [PACKED_FILE]: encodePacked(model, options) };
    const { default: decoder } = await import("./unpack.js", { with: { type: "text" } });
    return {
      [PACKED_FILE]: encodePacked(model, { ...options, shapes: true }),
      [DECODER_FILE]: new TextEncoder().encode(decoder),
    };
  },
  verify: decodedAgain(async (files) =>
    (await import("./packed.ts")).decodePacked(files[PACKED_FILE]!)
  ),
  magic: begins("DCPK"),
  refusal: {
    what: "is a model in Decant's packed format",
    help: "it is read where a recipe names it: from: ./model.packed",
  },
  read: {
    field: "a packed file that was written here, model.packed",
    what: "packed files",
    beside: () => [],
    async load(from, context, asked) {
      const bytes = await context.read(from);
      const [{ ownModel }, { decodePacked }] = await Promise.all([
        import("../own_model.ts"),
        import("./packed.ts"),
      ]);
      const model = ownModel(() => decodePacked(bytes), from, { ...context, ...asked });
      return { model, files: [bytes] };
    },
  },
});
