/** Definitions of one's own for `language`: what each kind of code states, as one literal. */
import { given } from "../given.ts";
import { type Static, type TObject, Type } from "../field.ts";
import type { Files } from "../kind.ts";
import type { Dimension, Metric } from "../metrics.ts";
import type { Task } from "../op.ts";
import { type OwnCode, type OwnEntry, ownEntry } from "../own/entry.ts";
import type { TermReads } from "../loss_term.ts";
import { type ReadContext, readContext } from "../thread.ts";
import type { OwnReader } from "../../ops/data/readers/own_reader.ts";
import type { EvaluatedMetric } from "../../ops/evaluate/metric_rows.ts";
import { decodedAgain, defineExport, type OwnFormat } from "../../ops/formats/format.ts";
import type { OwnAugmentation, VariedSubject, Varying } from "../../ops/learn/augment/augment.ts";
import { defineTerm as termOf, type Term, type TermSchema } from "../../ops/learn/terms/term.ts";
import type { Architecture, Model } from "../../ops/model/model.ts";
import type { Family } from "../../ops/model/zoo/family.ts";

export type { OwnCode };
export type { Chosen, Estimated } from "../../ops/evaluate/answered.ts";
export type { Layer } from "../../ops/model/model.ts";
export type { Scalar } from "../tensor/mod.ts";

/** What a recipe may say of an entry: TypeBox fields by name, each with limits, default and description. */
type EntryFields = TObject["properties"];

/** The fields as one object, which the summary describes. */
const schemaOf = <F extends EntryFields>(summary: string, fields: F): TObject<F> =>
  Type.Object(fields, { description: summary });

/** A loss term; see `defineTerm`. */
type TermDefinition<F extends EntryFields, R extends TermReads<keyof F & string>> =
  & OwnCode
  & { readonly summary: string; readonly fields: F; readonly reads: R }
  & Omit<Term<TermSchema<F, R>>, "schema" | "reads">;

/**
 * A loss term of one's own: `{ use: <name> }` in any `loss`. `value` gives a scalar tensor, the mean over a batch before the
 * term's `weight`; `reads` says what it needs beside the model's outputs (`labels`, `teacher`, `features` …).
 */
export function defineTerm<
  const F extends EntryFields,
  const R extends TermReads<keyof F & string>,
>(
  definition: TermDefinition<F, R>,
): OwnEntry<Term, "terms"> {
  const { name: _name, version: _version, module: _module, ...term } = definition;
  const made = termOf<F, R>(term as unknown as Parameters<typeof termOf<F, R>>[0]);
  return ownEntry("terms", definition, term, {
    fields: made.schema,
    definition: made as unknown as Term,
  });
}

/** An augmentation; see `defineAugmentation`. */
interface AugmentationDefinition<F extends EntryFields> extends OwnCode {
  /** One sentence without a period: what it does. */
  readonly summary: string;
  /** What a recipe may say of it, besides `chance`. */
  readonly fields: F;
  /** What it works on. */
  readonly subject: VariedSubject;
  /** Changes the values of one sample in place, as they are stored: bytes of images as 0 … 255. */
  change(values: Float32Array, options: Static<TObject<F>>, varying: Varying): void;
}

/** A way to vary samples of one's own: `{ use: <name> }` in any `augment`, with `chance` beside its own fields. */
export function defineAugmentation<const F extends EntryFields>(
  definition: AugmentationDefinition<F>,
): OwnEntry<OwnAugmentation, "augmentations"> {
  const { summary, fields, subject, change } = definition;
  return ownEntry("augmentations", definition, { change }, {
    fields: schemaOf(summary, fields),
    definition: { subject, change: change as OwnAugmentation["change"] },
  });
}

/** A reader of data; see `defineReader`. */
interface ReaderDefinition extends OwnCode, OwnReader {
  /** How the names of its files end, without the dot. */
  readonly suffixes: readonly string[];
}

/**
 * A reader of data of one's own, for `data: { from: … }`: files that end in one of `suffixes` are read by it, others where
 * `format` names it. `read` gives the samples of a part's files; in a folder these are called `train.<suffix>` and so on.
 */
export function defineReader(definition: ReaderDefinition): OwnEntry<OwnReader, "readers"> {
  const { read, suffixes } = definition;
  return ownEntry("readers", definition, { read }, { suffixes, definition: { read } });
}

/** A family of models; see `defineFamily`. */
interface FamilyDefinition<F extends EntryFields> extends OwnCode {
  /** One sentence without a period: what the networks are. */
  readonly summary: string;
  /** What a recipe may say of it, besides what it may say of every model. */
  readonly fields: F;
  /** The network for samples of a shape. Throws a RangeError, in a sentence, where it has none. */
  build(input: readonly number[], outputs: number, options: Static<TObject<F>>): Architecture;
}

/** A family of networks of one's own: `use: <name>` wherever a recipe names a model. */
export function defineFamily<const F extends EntryFields>(
  definition: FamilyDefinition<F>,
): OwnEntry<Family, "families"> {
  const { summary, fields, build } = definition;
  const options = schemaOf(summary, fields);
  return ownEntry("families", definition, { build }, {
    fields: options,
    definition: { options, build: build as Family["build"] },
  });
}

/** A format of models' files; see `defineFormat`. */
interface FormatDefinition<F extends EntryFields> extends OwnCode {
  /** One sentence without a period: what the files are. */
  readonly summary: string;
  /** What a recipe may say of it, besides `tolerance`. */
  readonly fields: F;
  /** How the names of its files end, without the dot: a model that is loaded from such a file is read by `read`. */
  readonly suffixes: readonly string[];
  /** The files by name; the same bytes for the same model. Absent: the format is read alone. */
  write?(model: Model, options: Static<TObject<F>>): Files | Promise<Files>;
  /** The model of such files: what was written is held against the model by it, and a file is loaded by it. */
  read(files: Files, context: ReadContext): Model | Promise<Model>;
}

/** A format of one's own: `export: <name>` where it is written, `from: ./model.<suffix>` where it is read. */
export function defineFormat<const F extends EntryFields>(
  definition: FormatDefinition<F>,
): OwnEntry<OwnFormat, "formats"> {
  const { name, summary, fields, suffixes, write, read } = definition;
  const options = schemaOf(summary, fields);
  const writes = write && defineExport({
    name,
    fields: options,
    write: async (model, chosen) => await write(model, chosen),
    verify: decodedAgain(async (files) => await read(files, readContext)),
  });
  return ownEntry("formats", definition, { write, read }, {
    ...given({ fields: writes && options }),
    suffixes,
    definition: { read, ...given({ writes }) },
  });
}

/** A metric; see `defineMetric`. */
interface MetricDefinition
  extends OwnCode, Pick<EvaluatedMetric, "label" | "head" | "of" | "weighted" | "sure" | "ofMade"> {
  readonly dimension: Dimension;
  /** Which of two values is the better one. */
  readonly better: "less" | "more";
  /** The tasks of the data on which it is measured. */
  readonly tasks: readonly Task[];
}

/**
 * A metric of one's own: named in `evaluate: { metrics: […] }`, in claims, sweeps and reports. `of` computes it from the
 * answers; `weighted` does, and gets an interval; `ofMade` from what a model makes, where the answer is a sample.
 */
export function defineMetric(definition: MetricDefinition): OwnEntry<EvaluatedMetric, "metrics"> {
  const { version: _version, module: _module, ...row } = definition;
  const { of, weighted, ofMade, sure: _sure, ...metric } = row;
  return ownEntry("metrics", definition, { of, weighted, ofMade }, {
    metric: metric satisfies Metric,
    definition: row,
  });
}
