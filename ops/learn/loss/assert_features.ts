/** Terms that compare values inside two models: the places must be there, and have shapes that can be compared. */
import { type ModelFacts, ParameterError } from "../../../engine/op.ts";
import { matchSelector } from "../../../engine/selector.ts";
import { tapped } from "../../model/forward.ts";
import { architectureOf, namedLayers, type Shape, shapesOf, show } from "../../model/layers.ts";
import type { Architecture } from "../../model/model.ts";
import type { MatchedPlaces } from "../terms/parts/match.ts";
import type { Matching } from "../terms/term.ts";
import { type LossTerm, matchOf, namesTeacher } from "../terms/terms.ts";
import type { Training, TrainingInputs } from "../training_fields.ts";

/** Whether `compile` looks the names of a side up itself: where they are of an input of the step. */
interface LookedUp {
  readonly student: boolean;
  readonly teacher: boolean;
}

/**
 * Throws where a term reads features of a teacher that shows none, or places that cannot be compared. A name that no
 * layer has is left to `compile` where that looks it up: its error has the nearest name.
 */
export function assertFeatures(
  inputs: TrainingInputs,
  { loss }: Pick<Training, "loss">,
  lookedUp: LookedUp = { student: true, teacher: true },
): void {
  const { replaced = [], ...facts } = inputs.model as ModelFacts;
  const student = architectureOf(facts);
  for (const [i, term] of loss.entries()) {
    const matched = matchOf(term, replaced);
    if (matched === undefined) continue;
    const path = `loss.${i}`;
    const teacher = teacherWithFeatures(term, path, inputs);
    const lost = matched.places.some((place) =>
      lookedUp.student && isLost(place, "student", student) ||
      lookedUp.teacher && !namesTeacher(term) && isLost(place, "teacher", teacher)
    );
    if (!lost) assertMatch(term, path, { student, teacher, replaced });
  }
}

/** The structure of a term's teacher, if it is known. Throws where it has none whose values could be read. */
function teacherWithFeatures(
  term: LossTerm,
  path: string,
  inputs: TrainingInputs,
): Architecture | undefined {
  const own = namesTeacher(term);
  const teacher = (own ? inputs[`${path}.teacher`] : inputs.teacher) as ModelFacts | undefined;
  if (!own && inputs.outputs !== undefined) {
    throw new ParameterError(
      "missing-input",
      path,
      `\`${term.use}\` looks inside its teacher, and recorded outputs are what it answered`,
      "give teacher in place of outputs",
    );
  }
  if (teacher?.established.includes("format")) {
    throw new ParameterError(
      "order",
      path,
      `\`${term.use}\` looks inside its teacher, and between the layers of a quantized one there are integers`,
      "name the model that was quantized",
    );
  }
  return teacher && architectureOf(teacher);
}

/** Whether a place is written as a selector that nothing matches. */
function isLost(
  place: MatchedPlaces,
  side: "student" | "teacher",
  model: Architecture | undefined,
): boolean {
  const written = place.at[side] !== place.at.pair;
  return written && model !== undefined && missingPlace(model, place[side]) !== undefined;
}

/** The two models of a term, as far as they are known. */
interface MatchedModels {
  readonly student: Architecture | undefined;
  readonly teacher: Architecture | undefined;
  /** The layers of the student that gave way to groups of their name. */
  readonly replaced: readonly string[];
}

/** One side of a pair: the names of its places, and where they stand in the recipe. */
interface PairSide {
  readonly role: "student" | "teacher";
  readonly names: readonly string[];
  readonly path: string;
}

/**
 * Throws a ParameterError where a pair of a term's `match` cannot be compared. `path` is the term's; a structure that
 * is not known yet passes.
 */
export function assertMatch(
  term: LossTerm,
  path: string,
  { student, teacher, replaced }: MatchedModels,
): void {
  const matched = matchOf(term, replaced);
  if (matched === undefined) return;
  const { matching, places } = matched;
  assertReplaced(term, path, matching, student === undefined ? undefined : replaced);
  for (const { at, ...pair } of places) {
    const sides = (["student", "teacher"] as const).map((role): PairSide => ({
      role,
      names: pair[role],
      path: `${path}.${at[role]}`,
    }));
    for (const side of sides) assertNames(term.use, side, matching);
    if (student === undefined || teacher === undefined) continue;
    const models = { student, teacher };
    for (const side of sides) assertThere(models[side.role], side);
    for (const side of sides) assertInside(term.use, models[side.role], side, matching);
    const [ours, theirs] = sides.map(({ role, names }) =>
      shapesAt(models[role], names, matching)
    ) as [Shape[], Shape[]];
    const help = matching.unfit(ours, theirs, term as never);
    if (help === undefined) continue;
    const gives = (names: readonly string[], found: readonly Shape[]) =>
      `${names.join(", ")} gives ${found.map(show).join(", ")}`;
    throw new ParameterError(
      "shape-mismatch",
      `${path}.${at.pair}`,
      `${term.use}: student ${gives(pair.student, ours)}, teacher ${gives(pair.teacher, theirs)}`,
      help,
    );
  }
}

function shapesAt(model: Architecture, names: readonly string[], { inside }: Matching): Shape[] {
  const all = shapesOf(model);
  return names.map((name) => inside?.of(model, name)?.shape ?? all[tapped(model, name)]!);
}

/** Throws where `match: replaced` means nothing; what was replaced may not be known yet. */
function assertReplaced(
  term: LossTerm,
  path: string,
  { layers }: Matching,
  replaced: readonly string[] | undefined,
): void {
  if (!("match" in term) || term.match !== "replaced") return;
  if (layers !== 1) {
    throw new ParameterError(
      "unknown-value",
      `${path}.match`,
      `\`${term.use}\` compares how one layer turns into another, and \`replaced\` names single layers`,
      "match: [{ student: [stem, stage1], teacher: [stem, stage1] }]",
    );
  }
  if (replaced === undefined || replaced.length > 0) return;
  throw new ParameterError(
    "missing-input",
    `${path}.match`,
    "`match: replaced` compares what stands in the place of layers, and no layer of the model was replaced",
    "match: [{ student: stage1, teacher: stage1 }], or replace layers first",
  );
}

/** Throws where there are not as many names as the term compares, or one may be several layers. */
function assertNames(use: string, { names, path }: PairSide, { layers }: Matching): void {
  if (names.length !== layers) {
    throw new ParameterError(
      "out-of-range",
      path,
      layers === 1
        ? `\`${use}\` compares one layer or group on each side; this names ${names.length}`
        : `\`${use}\` compares how one layer turns into another: two on each side, from and to`,
      layers === 1 ? "one entry of match for each pair" : "[stem, stage1]",
    );
  }
  const many = names.find((name) => name.includes("*") || name.startsWith("type:"));
  if (many === undefined) return;
  throw new ParameterError(
    "unknown-value",
    path,
    `\`${use}\` compares one layer or group with another, and "${many}" may be several`,
    "one entry of match for each pair",
  );
}

/** Throws where a term looks inside a place, and there is nothing of the kind. */
function assertInside(
  use: string,
  model: Architecture,
  { names, path }: PairSide,
  { inside }: Matching,
): void {
  const empty = names.find((name) => inside !== undefined && inside.of(model, name) === undefined);
  if (empty === undefined) return;
  throw new ParameterError(
    "shape-mismatch",
    path,
    `\`${use}\` looks inside a place, and "${empty}" of ${model.family} does not have what it looks at`,
    `match what has ${inside!.needs}`,
  );
}

/** The first of some names that no layer or group of a model has. */
function missingPlace(model: Architecture, names: readonly string[]): string | undefined {
  const known = namedLayers(model);
  return names.find((name) => matchSelector(name, known).length === 0);
}

function assertThere(model: Architecture, { role, names, path }: PairSide): void {
  const missing = missingPlace(model, names);
  if (missing === undefined) return;
  const { layers } = model;
  throw new ParameterError(
    "selector-empty",
    path,
    `"${missing}" matches no layer of the ${role} (${model.family}, ${layers.length} layers)`,
    `its layers: ${layers.map(({ name }) => name).join(", ")}`,
  );
}
