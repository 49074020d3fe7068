/** A model out of a TensorFlow Lite file: floats, dynamic range or int8, its weights decoded. */
import type { Model } from "../../model/model.ts";
import { UnreadableModelError } from "../format.ts";
import { FROM_KERAS } from "../keras/words.ts";
import { TfliteDraft } from "./draft.ts";
import { decodeFile } from "./flatbuffer.ts";
import { OperatorReading } from "./operator_reading.ts";
import { operatorCoded, type OperatorName } from "./operators.ts";
import { PASSING, READERS, readOperator } from "./readers.ts";

/**
 * The model in a file's bytes. Integers become the reals that they stand for, per channel where they have scales so: the
 * model trains, and can be quantized again. Arithmetic with constants on the input becomes preprocessing, a last softmax or
 * sigmoid the head. Throws an UnreadableModelError that names what it stumbled over.
 */
export function readTflite(bytes: Uint8Array, name: string): Model {
  const file = decodeFile(bytes, name);
  if (file.subgraphs.length !== 1) {
    throw new UnreadableModelError(
      `Cannot read \`${name}\`: it has ${file.subgraphs.length} graphs, and one is read`,
    );
  }
  const draft = new TfliteDraft(file, bytes.length);
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
    if (PASSING.has(op)) {
      draft.passed(operator.inputs[0] ?? -1, operator.outputs[0] ?? -1);
      continue;
    }
    const count = (counts.get(op) ?? 0) + 1;
    counts.set(op, count);
    const reading = new OperatorReading(draft, op, operator, count);
    readOperator(op, reading);
    reading.finish();
  }
  return { ...draft.model(), classes: [], established: {}, learned: true, quantization: null };
}

const isRead = (op: OperatorName): boolean => PASSING.has(op) || op in READERS;
