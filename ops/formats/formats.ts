/** The formats of models' files, and the fields by which recipes name them. */
import { ParameterError } from "../../engine/error.ts";
import type { ModelFacts } from "../../engine/facts.ts";
import { Choice, type Static, type TObject, Type } from "../../engine/field.ts";
import { chosenDefinition } from "../../engine/own/entry.ts";
import type { ExportFormat, FormatReader, ModelFormat, OwnFormat } from "./format.ts";
import { keras } from "./keras/format.ts";
import { onnx } from "./onnx/format.ts";
import { packed } from "./packed/format.ts";
import { safetensors } from "./safetensors/format.ts";
import { tfjs } from "./tfjs/format.ts";
import { tflite } from "./tflite/format.ts";

/** Every format; the first is the usual one. */
export const formats = [
  tfjs,
  keras,
  onnx,
  packed,
  safetensors,
  tflite,
] as const;

type ExportableFormat = Extract<(typeof formats)[number], { readonly fields: unknown }>;
type FieldsOf<F> = F extends ExportFormat<string, infer P> ? P : never;

const exported: readonly ExportFormat[] = formats.filter((format) => "fields" in format);

const tolerance = Type.Number({
  minimum: 0,
  default: 0.001,
  description:
    "The largest difference from the model's logits after loading again, as a fraction of the largest logit",
});

type ExportAlternatives = {
  [F in ExportableFormat as F["name"]]: TObject<FieldsOf<F> & { tolerance: typeof tolerance }>;
};

const alternatives = Object.fromEntries(
  exported.map(({ name, fields: { properties, description } }) => [
    name,
    Type.Object({ ...properties, tolerance }, { description: description! }),
  ]),
) as unknown as ExportAlternatives;

/** Formats that nothing here writes, as recipes may ask for them. */
const foreignFormats = [
  ...["tensorflow", "savedmodel", "keras", "h5", "hdf5"],
  ...["pytorch", "torch", "torchscript", "executorch", "pickle", "coreml", "mlmodel"],
  ...["tensorrt", "openvino", "ncnn", "gguf", "ort"],
];

/** The choice of a format: the parameters of `export`. */
export const formatField = Choice(alternatives, {
  foreignFormats,
  own: { list: "formats", shared: { tolerance } },
  description:
    "The format of the files; beside those of a model of texts lies vocabulary.json, which its bytes do not count",
});

/** A format with its options. */
export type FormatParams = Static<typeof formatField>;

/** The choice with the usual format where nothing is said: in which `evaluate` counts bytes. */
export const usualFormatField = { ...formatField, default: { use: formats[0].name } };

/** What a model is saved as where nobody says otherwise. */
export const usualFormat = {
  use: formats[0].name,
  ...Object.fromEntries(
    Object.entries(
      alternatives[formats[0].name].properties as Record<string, { default?: unknown }>,
    )
      .map(([name, field]) => [name, field.default]),
  ),
} as FormatParams;

/** The format that options are of. */
export function exportFormat(params: Pick<FormatParams, "use">): ExportFormat {
  return chosenDefinition<OwnFormat>(params)?.writes ??
    exported.find(({ name }) => name === params.use)!;
}

/** Throws a ParameterError, at `path`, where files of a format cannot hold the integers that a model is known to have. */
export function assertHeld(
  { integers }: Pick<ModelFacts, "integers">,
  format: FormatParams,
  path: string,
): void {
  const refused = integers && exportFormat(format).refuses?.(integers, format);
  if (refused === undefined) return;
  throw new ParameterError("unknown-value", path, refused.message, refused.help);
}

/** A format that models are read from. */
type ReadableFormat = ModelFormat & { readonly read: FormatReader };

/** The formats that models are read from. */
export const readable: readonly ReadableFormat[] = (formats as readonly ModelFormat[]).filter((
  format,
): format is ReadableFormat => format.read !== undefined);
