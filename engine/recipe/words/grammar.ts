/**
 * The grammar of a recipe, as one schema made from the ops: what an op declares is what its stage, its step and its
 * role accept. Blocks whose op is not there are not there either.
 */
import {
  ByType,
  Choice,
  ListOf,
  OneOf,
  Reference,
  type TObject,
  type TSchema,
  Type,
} from "../../field.ts";
import { given } from "../../given.ts";
import type { AnyOp, OpSet } from "../../op.ts";
import { formOf } from "./form.ts";
import { MAX_STEPS } from "../parse/limits.ts";
import {
  CHOOSE,
  DATA,
  EVALUATE,
  EXPORT,
  HEAD,
  LOAD,
  makesSeveral,
  MEASURE,
  MODEL,
  ROLES,
  stagesOf,
  taughtStage,
  TRAIN,
} from "./language.ts";
import {
  fieldsOf,
  pickFields,
  withAlsoCalled,
  withFields,
  withOwnFields,
} from "./schema_fields.ts";

/** Name of a step, a role or a recipe. */
const NAME = "^[a-z][a-z0-9-]{0,63}$";
/** The name of a step; in the steps of a sweep with the values that tell it apart. */
const STEP_NAME = "^[a-z][a-z0-9-]{0,63}(\\[[^\\[\\]\\s]{1,400}\\])?$";

const grammars = new WeakMap<OpSet, TObject>();

/** The schema of a whole recipe. */
export function grammarOf(ops: OpSet): TObject {
  let grammar = grammars.get(ops);
  if (grammar === undefined) grammars.set(ops, grammar = recipeGrammar(ops));
  return grammar;
}

function recipeGrammar(ops: OpSet): TObject {
  const fields: Record<string, TSchema> = {
    decant: Type.Literal(1, {
      description:
        "Version of the language, which every file says; in TypeScript it may be left out",
      default: 1,
    }),
    ...about,
    seed: Type.Optional(seedField("The seed of every step that draws and has none of its own")),
  };
  const optional = (name: string, schema: TSchema | undefined) => {
    if (schema !== undefined) fields[name] = Type.Optional(schema);
  };
  optional(DATA, ops.get(DATA)?.params);
  for (const role of ROLES) optional(role, roleSchema(role, ops));
  optional("assistant", assistantSchema(ops));
  for (const stage of stagesOf(ops)) {
    optional(stage.name, withAlsoCalled(stageSchema(ops, stage), stage));
  }
  optional("steps", stepsSchema(ops));
  optional(EVALUATE, evaluateSchema(ops));
  const exporting = ops.get(EXPORT);
  if (exporting !== undefined) {
    const formats = ListOf(withFields(exporting.params, { as: asField }), {
      description: "Formats in which the result is written",
      default: [],
    });
    fields[EXPORT] = withAlsoCalled(formats, exporting);
  }
  fields.expect = ListOf(Type.String({ description: "A claim" }), {
    description: "Claims about the results, checked after the run",
    default: [],
  });
  return Type.Object(fields);
}

const text = (description: string) => Type.String({ description, maxLength: 10_000 });
const texts = (item: string, description: string) =>
  Type.Optional(ListOf(text(item), { description }));

const about = {
  name: Type.String({ pattern: NAME, description: "Names the report and the output folder" }),
  description: Type.Optional(text("What the recipe is for")),
  authors: texts("An author", "Who made the recipe"),
  license: Type.Optional(text("Under what terms the recipe may be used")),
  references: texts("A paper or page behind the recipe", "Papers or pages behind the recipe"),
};

/** A seed: an integer that 32 bits hold. */
function seedField(description: string): TSchema {
  return Type.Integer({ minimum: 0, maximum: 0xffff_ffff, description });
}

/** The name a step or a role goes by. */
const asField = Type.Optional(
  Type.String({ pattern: STEP_NAME, description: "The name that steps below use for it" }),
);

/** A training block as it stands inside a role or a stage: an op's parameters, and the names it may take. */
function blockSchema(op: AnyOp | undefined, inputs: readonly string[]): TSchema | undefined {
  return op && withFields(op.params, pickFields(inputFields(op), inputs));
}

function roleSchema(role: string, ops: OpSet): TSchema | undefined {
  const train = blockSchema(ops.get(TRAIN), ["data"]);
  const trainings = train && ListOf(train, {
    description: "Its training, or several in a row: what one freezes may thaw in the next",
    minItems: 1,
  });
  const head = ops.get(HEAD)?.params;
  const loaded = head && { head: Type.Optional(head) };
  const model = modelSchema(ops, trainings, { loaded });
  return model && ListOf(model, { description: `The ${role}, or a list`, minItems: 1 });
}

/** An assistant between teacher and student: a model and its training, or the student over and over. */
function assistantSchema(ops: OpSet): TSchema | undefined {
  const taught = taughtStage(ops);
  const candidate = modelSchema(ops, undefined);
  const auto = candidate && ops.has(CHOOSE)
    ? Type.Object({
      count: Type.Integer({
        minimum: 1,
        maximum: 100,
        default: 1,
        description: "The assistants that are chosen",
      }),
      candidates: Type.Optional(ListOf(candidate, {
        description:
          "The models that they are chosen from, each trained alone as `distill` says, like the student; " +
          "the chosen network then learns anew, from the teacher (default: some of the student's family " +
          "between student and teacher in parameters, deeper or else wider)",
        minItems: 1,
      })),
    }, {
      description:
        "The networks whose validation accuracy alone is nearest evenly spaced points between student and teacher",
    })
    : undefined;
  const others = {
    ...given({ auto }),
    "born-again": Type.Object({
      generations: Type.Integer({
        minimum: 1,
        maximum: 1000,
        description: "The students in a row, each taught by the one before",
      }),
    }, { description: "The student's own network, generation after generation" }),
  };
  const block = blockSchema(taught, ["data", "teacher"]);
  const train = block && { ...block, description: "Its own training; absent: as `distill` says" };
  const model = modelSchema(ops, train, { others });
  const description = "The models between teacher and student, in order";
  return taught && model ? ListOf(model, { description, minItems: 1 }) : undefined;
}

/**
 * A model of the zoo or a loaded one, its name, and its training where a role has one; `loaded` are fields of loaded
 * ones alone, `others` further ways to say a model.
 */
function modelSchema(
  ops: OpSet,
  train: TSchema | undefined,
  { others = {}, loaded = {} }: {
    readonly others?: Readonly<Record<string, TObject>>;
    readonly loaded?: Readonly<Record<string, TSchema>> | undefined;
  } = {},
): TSchema | undefined {
  const [zoo, load] = [ops.get(MODEL), ops.get(LOAD)];
  if (zoo === undefined) return undefined;
  const extra = { as: asField, ...given({ train: train && Type.Optional(train) }) };
  const wide = withFields(
    load === undefined ? zoo.params : Choice(zoo.params["x-choice"].alternatives, {
      tag: zoo.params["x-choice"].tag ?? "use",
      description: zoo.summary,
      untagged: withFields(load.params, loaded) as TObject,
    }),
    extra,
  );
  const { tag = "use", alternatives, untagged } = wide["x-choice"];
  return Choice({ ...alternatives, ...others }, {
    tag,
    description: zoo.summary,
    ...given({ untagged }),
  });
}

/** `finetune` is a training under the stage's constraint, so it accepts what such a training accepts. */
function finetuneField(ops: OpSet): Record<string, TSchema> {
  const block = blockSchema(taughtStage(ops) ?? ops.get(TRAIN), ["data", "teacher"]);
  if (block === undefined) return {};
  const description = "The training that follows, under the constraint of the stage";
  return { finetune: Type.Optional({ ...block, description }) };
}

function stageParams(ops: OpSet, op: AnyOp): TSchema {
  return "finetune" in fieldsOf(op.params)
    ? withOwnFields(op.params, finetuneField(ops))
    : op.params;
}

function stageSchema(ops: OpSet, op: AnyOp): TSchema {
  return withFields(stageParams(ops, op), {
    ...pickFields(inputFields(op), ["data", "teacher", "students"]),
    ...given({
      guidance: op === taughtStage(ops) ? guidanceField : undefined,
      result: makesSeveral(op) ? peerName : undefined,
    }),
  });
}

const peerName = Type.Optional(Type.String({
  pattern: NAME,
  description: "The peer that goes on, by its name, or `best`: the best on validation (default)",
}));

const guidanceField = OneOf(["previous", "all"], {
  description: "With assistants: what a model learns from, the model before it or all before it",
  default: "previous",
});

/** One of several models is taken by its number among them; a person may say its name. */
function stepParams(ops: OpSet, op: AnyOp): TSchema {
  const { peer } = fieldsOf(op.params);
  const takes = stagesOf(ops).some(({ stage }) => stage.takenBy === op.name);
  const form = takes && peer !== undefined ? formOf(peer) : undefined;
  if (form?.form !== "by-type" || form.types.number === undefined) return stageParams(ops, op);
  const string = Type.String({ pattern: NAME, description: "A name, or `best`" });
  const { description = "", default: preset } = peer!;
  return withFields(op.params, {
    peer: ByType({ number: form.types.number, string }, {
      description,
      ...given({ default: preset }),
    }),
  });
}

function stepsSchema(ops: OpSet): TSchema {
  const alternatives: Record<string, TSchema> = {};
  for (const [name, op] of ops) {
    const schema = withFields(stepParams(ops, op), { as: asField, ...inputFields(op) });
    alternatives[name] = withAlsoCalled(schema, op);
  }
  return ListOf(
    Choice(alternatives as Record<string, TObject>, { tag: "op", description: "A step" }),
    { description: "The steps, each using what is above it", minItems: 1, maxItems: MAX_STEPS },
  );
}

/** An op's inputs as fields: names of what is above. */
function inputFields(op: AnyOp): Record<string, TSchema> {
  const fields: Record<string, TSchema> = {};
  const inputs = op.inputs as Readonly<
    Record<string, { kind: { name: string }; description: string; many: boolean }>
  >;
  for (const [name, { kind, description, many }] of Object.entries(inputs)) {
    const one = Reference(kind.name, { description });
    fields[name] = Type.Optional(many ? ListOf(one, { description, minItems: 1 }) : one);
  }
  return fields;
}

/** `evaluate` sets how every learned model is measured: the op's parameters, and which models. */
function evaluateSchema(ops: OpSet): TSchema | undefined {
  const [evaluate, measure] = [ops.get(EVALUATE), ops.get(MEASURE)];
  if (evaluate === undefined) return undefined;
  return withAlsoCalled(
    withFields(evaluate.params, {
      ...pickFields(inputFields(evaluate), ["reference"]),
      models: OneOf(["learned", "result"], { description: "Which models", default: "learned" }),
      ...given({ latency: measure && latencyField(measure) }),
    }),
    evaluate,
  );
}

function latencyField({ params }: AnyOp): TSchema {
  return ByType({
    string: OneOf(["none"], { description: "It is not measured" }),
    object: params,
  }, { description: "How the time of one inference is measured", default: "none" });
}
