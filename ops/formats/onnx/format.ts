/** The format `onnx`: written, run in ONNX Runtime, and read. */
import { OneOf, Type } from "../../../engine/field.ts";
import { ONNX_RUNTIME, ONNX_RUNTIME_PACKAGE } from "../../../engine/deps/onnxruntime_web.ts";
import { defineExport } from "../format.ts";
import { given } from "../../../engine/given.ts";
import { filesBeside } from "./read/external_data.ts";

/**
 * Protocol buffers have no signature: what tells them is the number and type of their first two fields. A first version
 * with a second field of TensorFlow's SavedModel is taken for one.
 */
const isOnnx = ([first, version = 0, second = 0]: Uint8Array): boolean =>
  first === 0x08 && version >= 1 && version < 0x80 && SECOND.includes(second) &&
  !(version === 1 && second === 0x12);

/** The fields of ONNX's ModelProto that may come second: producer_name to model_version, doc_string, graph, opset_import. */
const SECOND = [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42];

const RUNTIME = `onnxruntime-web ${ONNX_RUNTIME}, WebAssembly`;

export const onnx = defineExport({
  name: "onnx",
  fields: Type.Object({
    form: OneOf(["qdq", "float"], {
      default: "qdq",
      description:
        "How small numbers are written: qdq keeps them, with the operators that quantize and dequantize; float decodes them",
    }),
    opset: Type.Integer({
      minimum: 13,
      maximum: 22,
      default: 17,
      description: "The version of ONNX's operator set",
    }),
    tokens: Type.Optional(OneOf(["float32", "int64"], {
      description:
        "How a model of texts reads them: float32, token numbers as samples of any kind; int64, the inputs input_ids and attention_mask of a batch and a sequence as long as they come, up to the model's length; default: float32",
    })),
  }, { description: "An ONNX file: model.onnx" }),
  async write(model, { form, opset, tokens }) {
    const { encodeOnnx } = await import("./encode.ts");
    return encodeOnnx(model, { form, opset, ...given({ tokens }) });
  },
  verify: {
    runtime: RUNTIME,
    package: ONNX_RUNTIME_PACKAGE,
    arithmetic: (quantization, { form }) =>
      form === "qdq" ? { ...quantization, rules: "onnx" } : null,
    async run({ room, files, model, samples: { x, conditions }, options, signal }) {
      if (model.quantization === null) {
        const { onnxLogits } = await import("./run_onnx.ts");
        return { logits: await onnxLogits(files, model, x, { conditions }) };
      }
      const { checkIntegers } = await import("./check_integers.ts");
      const samples = { x, shape: model.inputs[0]!.shape, conditions };
      return await checkIntegers({ room, model, files, samples }, { ...options, signal });
    },
  },
  runtime: {
    name: "onnxruntime",
    as: RUNTIME,
    package: ONNX_RUNTIME_PACKAGE,
    async load(asked, work) {
      const { loadInOnnx } = await import("./time_onnx.ts");
      return await loadInOnnx(asked, work);
    },
  },
  magic: isOnnx,
  refusal: {
    what: "is an ONNX model",
    help: "it is read where a recipe names it: from: ./model.onnx",
  },
  read: {
    field: "an ONNX model, .onnx",
    what: "an ONNX model (.onnx)",
    beside: (bytes) => isOnnx(bytes) ? filesBeside(bytes) : [],
    async load(from, context, { input: sample, ...asked }) {
      const bytes = await context.read(from);
      const files = new Map<string, Uint8Array>();
      for (const name of filesBeside(bytes)) files.set(name, await context.read(from, name));
      const { readOnnx } = await import("./read/read_onnx.ts");
      return {
        model: readOnnx(bytes, from, { files, asked, ...given({ sample }) }),
        files: [bytes, ...files.values()],
      };
    },
  },
});
