/** Terms that compare what is inside two models: the places must be there, and have shapes that can be compared. */
import { ParameterError } from "../../../engine/op.ts";
import { matchSelector } from "../../../engine/selector.ts";
import { tapped } from "../../model/forward.ts";
import { shapesOf, show } from "../../model/layers.ts";
import { selectorType } from "../../model/layers/selector_type.ts";
import type { Architecture } from "../../model/model.ts";
import type { Matching } from "../terms/term.ts";
import { type LossTerm, matchOf } from "../terms/terms.ts";

/** The two models of a term, as far as they are known. */
export interface Matched {
  readonly student: Architecture | undefined;
  readonly teacher: Architecture | undefined;
  /** The layers of the student that gave way to groups of their name. */
  readonly replaced: readonly string[];
}

/**
 * Throws a ParameterError where a pair of a term's `match` cannot be compared. `path` is the term's; a structure that is
 * not known yet is not judged.
 */
export function assertMatch(
  term: LossTerm,
  path: string,
  { student, teacher, replaced }: Matched,
): void {
  const matched = matchOf(term, replaced);
  if (matched === undefined) return;
  assertReplaced(term, path, matched.matching, student === undefined ? undefined : replaced);
  for (const { at, ...pair } of matched.places) {
    for (const side of ["student", "teacher"] as const) {
      assertPlaces(term.use, pair[side], `${path}.${at[side]}`, matched.matching);
    }
    if (student === undefined || teacher === undefined) continue;
    assertThere(student, "student", pair.student, `${path}.${at.student}`);
    assertThere(teacher, "teacher", pair.teacher, `${path}.${at.teacher}`);
    for (const [side, model] of [["student", student], ["teacher", teacher]] as const) {
      assertInside(term.use, model, pair[side], `${path}.${at[side]}`, matched.matching);
    }
    const shapes = (model: Architecture, names: readonly string[]) => {
      const all = shapesOf(model);
      return names.map((name) =>
        matched.matching.inside?.of(model, name)?.shape ?? all[tapped(model, name)]!
      );
    };
    const [ours, theirs] = [shapes(student, pair.student), shapes(teacher, pair.teacher)];
    const help = matched.matching.unfit(ours, theirs, term as never);
    if (help === undefined) continue;
    const gives = (names: readonly string[], found: typeof ours) =>
      `${names.join(", ")} gives ${found.map(show).join(", ")}`;
    throw new ParameterError(
      "shape-mismatch",
      `${path}.${at.pair}`,
      `${term.use}: student ${gives(pair.student, ours)}, teacher ${gives(pair.teacher, theirs)}`,
      help,
    );
  }
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

function assertPlaces(
  use: string,
  names: readonly string[],
  path: string,
  { layers }: Matching,
): void {
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
  names: readonly string[],
  path: string,
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
export function missingPlace(
  { layers }: Architecture,
  names: readonly string[],
): string | undefined {
  const known = layers.map((layer) => ({ name: layer.name, type: selectorType(layer) }));
  return names.find((name) => matchSelector(name, known).length === 0);
}

function assertThere(
  model: Architecture,
  role: string,
  names: readonly string[],
  path: string,
): void {
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
