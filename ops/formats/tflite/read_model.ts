/** A model out of a TensorFlow Lite file: floats, dynamic range or int8. */
import { given } from "../../../engine/given.ts";
import { assertSumsFit } from "../../model/integers/accumulator.ts";
import type { Model } from "../../model/model.ts";
import type { AskedModel } from "../asked.ts";
import { unchosen } from "../chosen_output.ts";
import { FROM_KERAS, UnreadableModelError } from "../format.ts";
import { namesOf } from "./chosen_graph.ts";
import { TfliteDraft } from "./draft.ts";
import { decodeFile } from "./flatbuffer.ts";
import { OperatorReading } from "./operator_reading.ts";
import { operatorCoded, type OperatorName } from "./operators.ts";
import { PASSING, READERS, readOperator } from "./readers.ts";

/**
 * The model in a file's bytes. Integers become the reals that they stand for, per channel where they have scales so: the
 * model trains, and can be quantized again. With `integers` they stay: kernels as they lie, and layers compute in the
 * formats that the file gives their values. Arithmetic with constants on the input becomes preprocessing, a last softmax or
 * sigmoid the head. Throws an UnreadableModelError that names what it stumbled over.
 */
export function readTflite(
  bytes: Uint8Array,
  name: string,
  asked: AskedModel = {},
): Model {
  const file = decodeFile(bytes, name);
  if (file.subgraphs.length !== 1) {
    throw new UnreadableModelError(
      `Cannot read \`${name}\`: it has ${file.subgraphs.length} graphs, and one is read`,
    );
  }
  const draft = new TfliteDraft(file, bytes.length, asked);
  const counts = new Map<string, number>();
  for (const operator of draft.graph.operators) {
    const code = file.codes[operator.code];
    const number = Math.max(code?.short ?? -1, code?.code ?? -1);
    const op = operatorCoded(number);
    if (op === undefined || !isRead(op)) {
      throw new UnreadableModelError(
        `Cannot read \`${name}\`: its operator ${op ?? `number ${number}`} is not read`,
        { help: `the model may be at hand in another form: ${FROM_KERAS}` },
      );
    }
    const passes = PASSING.has(op);
    const [from = -1, to = -1] = [operator.inputs[0], operator.outputs[0]];
    if (passes && !draft.rescales(from, to)) {
      draft.passed(from, to);
      continue;
    }
    const count = (counts.get(op) ?? 0) + 1;
    counts.set(op, count);
    const reading = new OperatorReading(draft, op, operator, count);
    if (passes) reading.rescale();
    else readOperator(op, reading);
    reading.finish();
  }
  const drawn = draft.model();
  if (new Set(drawn.outputs).size > 1) throw unchosen(namesOf(file, "outputs"));
  const model = { ...drawn, classes: [], established: {}, learned: true };
  return asked.integers ? inIntegers(model, draft) : { ...model, quantization: null };
}

/** The model with the formats of its values. Throws an UnreadableModelError where its sums may not fit into 32 bits. */
function inIntegers(model: Omit<Model, "quantization">, { formats }: TfliteDraft): Model {
  const stored = Object.values(model.weights).some(({ encoding }) => encoding.use === "affine");
  const established = given({ format: stored || formats.size > 0 ? "int8" : undefined });
  if (formats.size === 0) return { ...model, established, quantization: null };
  const quantization = { rules: "tflite", activations: Object.fromEntries(formats) } as const;
  const whole = { ...model, established, quantization };
  try {
    assertSumsFit(whole, quantization);
  } catch (error) {
    throw new UnreadableModelError((error as Error).message, { help: "read it without integers" });
  }
  return whole;
}

const isRead = (op: OperatorName): boolean => PASSING.has(op) || op in READERS;
