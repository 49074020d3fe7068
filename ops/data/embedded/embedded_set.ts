/**
 * What a data set that comes with the package, or is drawn, is: everything about it in one object, in a file of its own,
 * and one line in `embedded_sets.ts`. Its samples are loaded when they are asked for.
 */
import { Type } from "../../../engine/field.ts";
import type { Static, TObject } from "../../../engine/field.ts";
import { given } from "../../../engine/given.ts";
import {
  type DatasetFacts,
  type Need,
  type Package,
  ParameterError,
  type RunContext,
} from "../../../engine/op.ts";
import { measured, pictorial, textual, type WithNames } from "../common_fields.ts";
import type { Dataset } from "../dataset.ts";
import { fittedShape, type PictureWishes } from "../images/fit.ts";
import { keptSamples, pictureNeed, textNeed } from "../needs.ts";
import type { Loaded } from "../samples.ts";
import { textFacts, textField } from "../text/text_fields.ts";
import type { PartTexts } from "../text/texts.ts";

type ParamProperties = TObject["properties"];

/** A data set without files. */
// deno-lint-ignore no-explicit-any
export interface EmbeddedSet<N extends string = string, P extends ParamProperties = any> {
  /** As recipes call it, in `use`. */
  readonly name: N;
  /** What a recipe can say of it; its description is the set's. */
  readonly fields: TObject<P>;
  /** Throws a ParameterError where the parameters do not fit the set. */
  facts(params: Static<TObject<P>>): DatasetFacts;
  /** The memory that it takes, as far as parameters decide it. */
  needs?(params: Static<TObject<P>>): Need | undefined;
  /** The package that its samples are in, where that is large. */
  readonly package?: Package;
  read(
    params: WithNames<Static<TObject<P>>>,
    context: Pick<RunContext, "read" | "memory">,
  ): Promise<Dataset>;
}

/** What is known of a set whose samples have classes. */
interface LabelledSet<N extends string> {
  readonly name: N;
  readonly description: string;
  /** How many samples there are. */
  readonly count: number;
  /** Class names, in index order. */
  readonly classes: readonly string[];
}

/** A set of numbers, whose samples all have this shape. */
export function numberSet<const N extends string>(
  { name, description, shape, classes, load }: Omit<LabelledSet<N>, "count"> & {
    readonly shape: readonly number[];
    load(): Promise<Loaded>;
  },
) {
  return embeddedSet({
    name,
    fields: Type.Object(measured, { description }),
    facts({ task = "classification", classes: named }) {
      return { kind: "dataset", task, input: shape, ...classFacts(name, classes, named) };
    },
    async read(params) {
      const { makeDataset } = await import("../make_dataset.ts");
      return makeDataset(await load(), params, params.task ?? "classification");
    },
  });
}

/** A set of pictures of bytes, which a recipe may resize and colour. */
export function pictureSet<const N extends string>(
  { name, description, shape, count, classes, load }: LabelledSet<N> & {
    readonly shape: readonly number[];
    load(): Promise<Loaded>;
  },
) {
  return embeddedSet({
    name,
    fields: Type.Object({ ...measured, ...pictorial }, { description }),
    facts(params) {
      const { task = "classification", classes: named } = params;
      const input = fittedShape(shape, params as PictureWishes);
      return { kind: "dataset", task, input, ...classFacts(name, classes, named) };
    },
    needs(params) {
      const { resize, color } = params as PictureWishes;
      if (resize === undefined) return undefined;
      return pictureNeed(count, keptSamples(count, params), [...resize, color === "rgb" ? 3 : 1]);
    },
    async read(params, { memory }) {
      const { makeDataset } = await import("../make_dataset.ts");
      const { fitLoaded } = await import("../images/fit.ts");
      const loaded = fitLoaded(await load(), params as PictureWishes, memory);
      return makeDataset(loaded, params, params.task ?? "classification");
    },
  });
}

/** A set of texts, which a recipe cuts into tokens; `text` is what it means by that where it says nothing. */
export function textSet<const N extends string>(
  { name, description, text, count, classes, load, ...rest }: LabelledSet<N> & {
    readonly package?: Package;
    readonly text: Parameters<typeof textField>[0];
    load(): Promise<PartTexts>;
  },
) {
  return embeddedSet({
    ...rest,
    name,
    fields: Type.Object({ ...textual, text: textField(text) }, { description }),
    facts({ task, text, classes: named }) {
      const known = classFacts(name, classes, named);
      const base = { kind: "dataset", task, ...textFacts(text) } as const;
      return task === "next-token" ? base : { ...base, ...known };
    },
    needs(params) {
      // Windows of a running text are as many as it has tokens, however long they are.
      if (params.task === "next-token") return undefined;
      return textNeed(keptSamples(count, params), params.text.length);
    },
    async read(params, context) {
      const { textDataset } = await import("../text/text_dataset.ts");
      return await textDataset(await load(), params, context);
    },
  });
}

/** A set, its fields' types kept. */
export function embeddedSet<const N extends string, P extends ParamProperties>(
  set: EmbeddedSet<N, P>,
): EmbeddedSet<N, P> {
  return set;
}

/** Names that a recipe lists are those of the set, or as many others; those in a file are seen when it is read. */
function classFacts(
  set: string,
  classes: readonly string[],
  named: string | readonly string[] | undefined,
): Pick<DatasetFacts, "outputs" | "classes"> {
  const listed = typeof named === "string" ? undefined : named;
  if (listed !== undefined && listed.length !== classes.length) {
    throw new ParameterError(
      "out-of-range",
      "classes",
      `\`classes\` names ${listed.length}, and ${set} has ${classes.length}`,
    );
  }
  const known = typeof named === "string" ? undefined : listed ?? classes;
  return { outputs: classes.length, ...given({ classes: known }) };
}
