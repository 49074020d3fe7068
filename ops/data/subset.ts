/** The op `subset`: some of a data set's samples, by class or by number. */
import { listed } from "../../engine/quote.ts";
import {
  type DatasetFacts,
  defineOp,
  LARGEST,
  ListOf,
  OneOf,
  ParameterError,
  type RunContext,
  type Static,
  Type,
} from "../../engine/op.ts";
import { type Dataset, datasetInput, datasetKind, part, PART_NAMES } from "./dataset.ts";
import { takePart } from "./samples.ts";

const className = Type.String({ description: "The name of a class" });

const params = Type.Object({
  split: OneOf(["train", "validation", "test"], {
    default: "train",
    description: "The part that is cut; the others stay whole",
  }),
  classes: Type.Optional(
    ListOf(className, { description: "The classes that stay; all others go", minItems: 1 }),
  ),
  without: Type.Optional(ListOf(className, { description: "The classes that go", minItems: 1 })),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: LARGEST.samples,
      description: "The samples that stay, of those left the first",
    }),
  ),
});

export const subset = defineOp({
  name: "subset",
  version: 1,
  summary: "Keeps some samples of a data set, by class or by number",
  inputs: { data: datasetInput("The samples to choose from", PART_NAMES) },
  output: datasetKind,
  numerics: "none",
  params,
  example: { without: ["3"] },
  facts({ data }, { classes, without, limit }): DatasetFacts {
    const facts = data as DatasetFacts;
    if (classes !== undefined && without !== undefined) {
      throw new ParameterError(
        "unknown-field",
        "without",
        "`classes` names those that stay, `without` those that go: one of the two is enough",
        "leave one out",
      );
    }
    const written = classes ?? without;
    if (written === undefined && limit === undefined) {
      throw new ParameterError(
        "missing-parameter",
        "",
        "`subset` keeps every sample: nothing says which go",
        'without: ["3"], or limit: 1000',
      );
    }
    const field = classes === undefined ? "without" : "classes";
    assertClasses(facts, written ?? [], field);
    return facts;
  },
  run: ({ data }, params, context) => cut(data, params, context),
});

function assertClasses(
  { classes }: DatasetFacts,
  names: readonly string[],
  field: "classes" | "without",
): void {
  if (classes === undefined) return;
  for (const [index, name] of names.entries()) {
    if (classes.includes(name)) continue;
    throw new ParameterError(
      "unknown-value",
      `${field}.${index}`,
      `the data have no class \`${name}\``,
      `one of: ${listed(classes, 12)}`,
    );
  }
}

/** The data set with one part cut. Throws a RangeError where no sample is left. */
async function cut(
  data: Dataset,
  { split, classes, without, limit }: Static<typeof params>,
  context: RunContext,
): Promise<Dataset> {
  const { meta } = data;
  const whole = part(data, split);
  const { y } = whole;
  const stays = (sample: number): boolean => {
    if (classes === undefined && without === undefined) return true;
    if (!(y instanceof Int32Array)) {
      throw new RangeError("Cannot choose by class: the data have no classes");
    }
    const name = meta.classes[y[sample]!]!;
    return classes === undefined ? !without!.includes(name) : classes.includes(name);
  };
  const left = Array.from({ length: whole.count }, (_, sample) => sample).filter(stays);
  if (left.length === 0) throw new RangeError(`Cannot leave the ${split} part without a sample`);
  const chosen = await takePart(whole, left.slice(0, limit), context);
  return { meta, parts: { ...data.parts, [split]: chosen } };
}
