/** Folders of recordings as samples, each the features of one. */
import { given } from "../../../engine/given.ts";
import type { RunContext } from "../../../engine/op.ts";
import { reasonOf } from "../../../engine/quote.ts";
import { sizeOf } from "../../../engine/shape.ts";
import { assertFits } from "../../../engine/size.ts";
import { finished, took } from "../../../engine/thread.ts";
import { PART_NAMES } from "../dataset.ts";
import {
  type ClassFile,
  type ClassFiles,
  foundClasses,
  labelsOf,
  RECORDINGS,
} from "../readers/class_folder.ts";
import type { FileWishes } from "../readers/data_format.ts";
import { recordingNeed } from "../needs.ts";
import type { Loaded, Samples } from "../samples.ts";
import { audioShape, audioSizes, USUAL_AUDIO } from "./audio_fields.ts";
import { decodeWave, type Recording } from "./decode_wave.ts";
import { audioFeatures } from "./features.ts";
import { resample } from "./resample.ts";

/** Reads recordings. Throws a RangeError that names the file, or the folder that is no class. */
export async function loadRecordings(
  places: ClassFiles,
  params: FileWishes,
  context: RunContext,
): Promise<Loaded> {
  const { audio = USUAL_AUDIO } = params;
  const found = await foundClasses(places, params, context, RECORDINGS);
  const classes = params.classes ?? found;
  const input = audioShape(audio);
  const total = PART_NAMES.reduce((sum, part) => sum + (places[part]?.length ?? 0), 0);
  const { what, bytes, help } = recordingNeed(total, input, audioSizes(audio));
  assertFits(`Cannot keep the samples: ${what}`, bytes, context.memory, help);
  const featuresOf = audioFeatures(audio);
  let read = 0;
  const samplesOf = async (part: readonly ClassFile[]): Promise<Samples> => {
    const y = params.labels === "none" ? null : labelsOf(part, classes);
    const size = sizeOf(input);
    const x = new Float32Array(part.length * size);
    for (const [i, { path }] of part.entries()) {
      context.signal.throwIfAborted();
      const { rate, samples } = decoded(await context.read(path), path, context.memory);
      // What is cut off need not be brought to the rate.
      const heard = samples.subarray(0, Math.ceil((audio.seconds + 1) * rate));
      x.set(featuresOf(resample(heard, rate, audio.rate)), i * size);
      context.progress(++read / total, `${read} of ${total} recordings`);
      finished();
    }
    took(x.byteLength);
    return { count: part.length, input, x, y };
  };
  return {
    train: await samplesOf(places.train!),
    ...given({
      validation: places.validation && await samplesOf(places.validation),
      test: places.test && await samplesOf(places.test),
    }),
    classes: found,
  };
}

function decoded(bytes: Uint8Array, path: string, memory: number): Recording {
  try {
    return decodeWave(bytes, memory);
  } catch (error) {
    throw new RangeError(`Cannot read "${path}": ${reasonOf(error)}`, { cause: error });
  }
}
