/** Terms that compare what is inside two models: the places must be there, and have shapes that can be compared. */
import { ParameterError } from "../../engine/op.ts";
import { matchSelector } from "../../engine/selector.ts";
import { tapped } from "../model/forward.ts";
import { shapesOf, show } from "../model/layers.ts";
import { selectorType } from "../model/layers/selector_type.ts";
import type { Architecture } from "../model/model.ts";
import type { Matching } from "./terms/term.ts";
import { type LossTerm, matchOf } from "./terms/terms.ts";

/**
 * Throws a ParameterError where a pair of a term's `match` cannot be compared. `path` is the term's; a structure that is
 * not known yet is not judged.
 */
export function assertMatch(
  term: LossTerm,
  path: string,
  student: Architecture | undefined,
  teacher: Architecture | undefined,
): void {
  const matched = matchOf(term);
  if (matched === undefined) return;
  for (const [k, pair] of matched.places.entries()) {
    const at = `${path}.match.${k}`;
    for (const side of ["student", "teacher"] as const) {
      assertPlaces(term.use, pair[side], `${at}.${side}`, matched.matching);
    }
    if (student === undefined || teacher === undefined) continue;
    assertThere(student, "student", pair.student, `${at}.student`);
    assertThere(teacher, "teacher", pair.teacher, `${at}.teacher`);
    const shapes = (model: Architecture, names: readonly string[]) => {
      const all = shapesOf(model);
      return names.map((name) => all[tapped(model, name)]!);
    };
    const [ours, theirs] = [shapes(student, pair.student), shapes(teacher, pair.teacher)];
    const help = matched.matching.unfit(ours, theirs, term as never);
    if (help === undefined) continue;
    const gives = (names: readonly string[], found: typeof ours) =>
      `${names.join(", ")} gives ${found.map(show).join(", ")}`;
    throw new ParameterError(
      "shape-mismatch",
      at,
      `${term.use}: student ${gives(pair.student, ours)}, teacher ${gives(pair.teacher, theirs)}`,
      help,
    );
  }
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
