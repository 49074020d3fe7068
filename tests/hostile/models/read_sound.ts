/** Files of a model as a run reads them: by what they begin as, and no file but those that they name. */
import { DecantError } from "../../../engine/error.ts";
import type { RunContext } from "../../../engine/op.ts";
import { excerpt } from "../../../engine/quote.ts";
import { load } from "../../../ops/formats/load.ts";
import { readable } from "../../../ops/formats/formats.ts";
import { readModelHere } from "../../../ops/formats/read_model.ts";
import { loadWeights } from "../../../ops/formats/safetensors/load_weights.ts";
import { data } from "../../../ops/data/data.ts";
import type { WrittenData } from "../../../ops/data/data_fields.ts";
import type { Model } from "../../../ops/model/model.ts";
import { type Reported, runContext } from "../../ops/run_context.ts";
import { labels, network, utf8 } from "../sound_files.ts";
import type { Files, Sound, Through } from "./table.ts";

/** What readers may hold. */
const BUDGET = 64 << 20;

const texts = utf8(labels.map((label, i) => `k${label} the text of ${i}, unwanted`).join("\n"));

/** A context with these files, in which nothing else can be read. */
function contextOf({ from }: Sound, files: Files): RunContext & { readonly reported: Reported } {
  const context = runContext({ files, memory: BUDGET });
  const bytes = files[from];
  const beside = bytes === undefined ? [] : load.beside!(from, bytes);
  const folder = from.slice(0, from.lastIndexOf("/") + 1);
  return {
    ...context,
    async read(source, path) {
      const whole = path === undefined ? source : `${folder}${path}`;
      if (path !== undefined && !beside.includes(path)) {
        throw new Error(`internal: ${whole} is read undeclared`);
      }
      if (Object.hasOwn(files, whole)) return await context.read(source, path);
      throw new DecantError("source", `\`${excerpt(whole)}\` of ${from} is not there`);
    },
  };
}

/** Reads them; what was said meanwhile. A vocabulary gives no model. */
export async function readSound(
  sound: Sound,
  files: Files,
  through?: Through,
): Promise<{ readonly model?: Model; readonly warnings: readonly string[] }> {
  const { from, asked } = sound;
  const context = contextOf(sound, files);
  const { warnings } = context.reported;
  if (through === "weights") {
    return { model: await loadWeights(network, from, 0, context), warnings };
  }
  if (through === "tokenizer") {
    const params = {
      ...{ from: "t.txt", task: "classification", normalize: { use: "unit" }, seed: 0 },
      split: { validation: 0.1, test: 0.2, by: "label" },
      text: { tokens: { from }, length: 8 },
    };
    const beside = runContext({ files: { ...files, "t.txt": texts }, memory: BUDGET });
    await data.run({}, params as unknown as WrittenData, beside);
    return { warnings: beside.reported.warnings };
  }
  const bytes = files[from];
  const told = bytes === undefined ? undefined : readable.find(({ magic }) => magic?.(bytes));
  const format = (told ?? readable[0]!).name;
  const { model } = await readModelHere(format, { from, ...asked }, context);
  return { model, warnings };
}
