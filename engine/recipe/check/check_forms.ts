/** What concerns the recipe as a whole: its version, and forms that exclude or need one another. */
import type { Diagnostic } from "../../error.ts";
import type { OpSet } from "../../op.ts";
import { makesSeveral, MODEL, stagesOf, taughtStage, TRAIN } from "../words/language.ts";
import { type At, diagnosticAt, entryAt, type Problems } from "../parse/problems.ts";
import { child, join, type MapTree, placeAt, type Tree } from "../parse/tree.ts";

/** A recipe is a map that says which version of the language it is in. */
export function checkHead(root: Tree, problems: Problems, fromText: boolean): root is MapTree {
  const at = { tree: root, path: "" };
  if (root.type !== "map") {
    problems.atValue(
      "wrong-type",
      at,
      "a recipe is a map of fields",
      "decant: 1\nname: my-recipe\n…",
    );
    return false;
  }
  const entry = root.entries.get("decant");
  if (entry === undefined) {
    if (fromText) problems.add(missingVersion(root));
    return true;
  }
  const { value: tree } = entry;
  if (tree.type === "scalar" && tree.value === 1) return true;
  const said = tree.type === "scalar" ? JSON.stringify(tree.value) : "something else";
  problems.atValue(
    "version",
    entryAt("decant", entry),
    `this program reads version 1 of the language; the recipe says ${said}`,
    "decant: 1   (version 1 is the first: there is nothing to migrate from)",
  );
  // In another version, any other message could be wrong.
  return false;
}

function missingVersion(root: MapTree): Diagnostic {
  const first = root.entries.values().next().value?.key ?? { start: 0, end: 1 };
  const place = placeAt(root.document, { start: first.start, end: first.end }, "");
  return diagnosticAt("decant", place, {
    code: "missing-field",
    message: "a recipe needs `decant`, the version of its language",
    help: "decant: 1",
  });
}

/** Reports forms that exclude one another, and an assistant that nothing says how to train. */
export function checkForms({ entries }: MapTree, ops: OpSet, problems: Problems): void {
  const stage = stagesOf(ops).map(({ name }) => name).find((name) => entries.has(name));
  if (entries.has("steps") && stage !== undefined) {
    problems.atKey(
      "unknown-field",
      entryAt(stage, entries.get(stage)!),
      `\`${stage}\` stands beside \`steps\`: a recipe has stages or a list of steps`,
      `move it into the list: - { op: ${stage}, … }`,
    );
  }
  checkCohort(entries, ops, problems);
  const model = entries.get(MODEL);
  const isNull = model?.value.type === "scalar" && model.value.value === null;
  if (entries.has("student") && model !== undefined && !isNull) {
    problems.atKey(
      "unknown-field",
      entryAt(MODEL, model),
      "a recipe compresses a `student` or a `model`, not both",
      "keep student where a teacher teaches it, else model",
    );
  }
  const assistant = entries.get("assistant");
  const taught = taughtStage(ops)?.name ?? "";
  if (assistant === undefined || entries.has(taught)) return;
  const { value } = assistant;
  const list = value.type === "list"
    ? value.items.map((tree, index): At => ({ tree, path: join("assistant", index) }))
    : [entryAt("assistant", assistant)];
  for (const each of list) {
    if (each.tree.type === "map" && each.tree.entries.has(TRAIN)) continue;
    problems.atValue(
      "missing-field",
      each,
      `an assistant needs \`train\` where there is no \`${taught}\` to take it from`,
      "train: { epochs: … }",
    );
  }
}

/** A list of students and the stage in which they learn together need one another; one student has one teacher. */
function checkCohort(entries: MapTree["entries"], ops: OpSet, problems: Problems): void {
  const student = entries.get("student");
  const many = student?.value.type === "list" && student.value.items.length > 1;
  const together = stagesOf(ops).find(makesSeveral);
  const taught = taughtStage(ops)?.name;
  const several = together && entries.get(together.name);
  if (together !== undefined && several !== undefined) {
    const { name, stage } = together;
    if (taught !== undefined && entries.has(taught)) {
      problems.atKey(
        "unknown-field",
        entryAt(name, several),
        `a student learns from a teacher (\`${taught}\`) or beside its peers (\`${name}\`): a recipe has one of the two`,
        `steps: [{ op: ${name}, … }, { op: ${stage.takenBy}, … }, { op: ${taught}, … }]`,
      );
    }
    if (!many && child(several.value, "students") === undefined) {
      problems.atKey(
        "missing-input",
        entryAt(name, several),
        `\`${name}\` needs peers: a list of two students or more`,
        "student: [{ as: left, … }, { as: right, … }]",
      );
    }
  }
  if (many && together && several === undefined && !entries.has("steps")) {
    problems.atValue(
      "missing-field",
      entryAt("student", student),
      "several students are a cohort, and nothing says how they learn from one another",
      `${together.name}: { epochs: … }`,
    );
  }
}
