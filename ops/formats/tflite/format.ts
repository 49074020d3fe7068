/** The format `tflite`: written, run in TensorFlow Lite, and read. */
import { OneOf, Type } from "../../../engine/field.ts";
import { noteSaid } from "../../../engine/quote.ts";
import { LITERT, LITERT_PACKAGE } from "../../../engine/deps/litert.ts";
import { TFLITE_WEB } from "../../../engine/deps/tflite_web.ts";
import { begins, defineExport } from "../format.ts";
import { refusedIntegers } from "./held_integers.ts";

export const tflite = defineExport({
  name: "tflite",
  fields: Type.Object({
    form: OneOf(["int8", "float"], {
      default: "int8",
      description:
        "How small numbers are written: int8 keeps them, and layers between integers compute in integers; float decodes them",
    }),
    ["c_array"]: Type.Boolean({
      default: false,
      description:
        "Also model.h and model.cc, the same bytes as a C array for microcontrollers, with what its tensors take in memory",
    }),
  }, {
    description:
      "A TensorFlow Lite (LiteRT) file, model.tflite: float32 in and out, one sample at a time",
  }),
  refuses: (integers, { form }) => form === "int8" ? refusedIntegers(integers) : undefined,
  async write(model, { form, c_array: asArray }) {
    const { encodeTflite, TFLITE_FILE } = await import("./encode.ts");
    const files = encodeTflite(model, { form });
    if (!asArray) return files;
    const { cArray } = await import("./micro/c_array.ts");
    return { ...files, ...cArray(files[TFLITE_FILE]!, TFLITE_FILE) };
  },
  verify: {
    runtime: `TensorFlow Lite, WebAssembly (tfjs-tflite ${TFLITE_WEB})`,
    arithmetic: (quantization, { form }) =>
      form === "int8" ? { ...quantization, rules: "tflite" } : null,
    async run({ room, files, model, samples: { x, conditions }, options, signal }) {
      const { checkTflite } = await import("./check_tflite.ts");
      const samples = { x, shape: model.inputs[0]!.shape, conditions };
      return await checkTflite({ room, files, model, samples }, { ...options, signal });
    },
  },
  runtime: {
    name: "litert",
    as: `LiteRT, WebAssembly (@litertjs/core ${LITERT})`,
    package: LITERT_PACKAGE,
    batch: 1,
    async load(asked, work) {
      const { loadInLitert } = await import("./time_litert.ts");
      return await loadInLitert(asked, work);
    },
  },
  magic: begins("TFL3", 4),
  refusal: {
    what: "is a TensorFlow Lite model (.tflite)",
    help: "it is read where a recipe names it: from: ./net.tflite",
  },
  read: {
    field: "a TensorFlow Lite model, .tflite",
    what: "a TensorFlow Lite model (.tflite)",
    beside: () => [],
    async load(from, context, options) {
      const { readTflite } = await import("./read_model.ts");
      const { saidIn } = await import("./metadata/said.ts");
      const bytes = await context.read(from);
      const model = readTflite(bytes, from, options);
      noteSaid(saidIn(bytes), context.note);
      return { model, files: [bytes] };
    },
  },
});
