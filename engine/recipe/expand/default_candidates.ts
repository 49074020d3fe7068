/**
 * The candidates of an `assistant: auto` that names none: networks of the student's family between student and teacher
 * in parameters, the student's `depth` raised, or where no depth lies between, its `width`.
 */
import { ParameterError } from "../../error.ts";
import type { OpSet } from "../../op.ts";
import type { Block } from "./draft.ts";
import { MODEL } from "../words/language.ts";
import { fieldsOf } from "../words/schema_fields.ts";
import { formOf } from "../words/form.ts";
import { withShapes } from "./zoo_shapes.ts";
import type { Facts } from "../../facts.ts";

/** Depths that are looked at: beyond it a network lies between no student and teacher. */
const DEEPEST = 200;
/** Widths that are looked at, in quarters of the student's above it. */
const WIDEST = 60;

/**
 * At least three for one assistant, where there are as many, those nearest to equal ratios of parameters between student
 * and teacher. Else a sentence that says why there are none.
 */
export function defaultCandidates(
  student: Block,
  teacher: Block,
  { ops, data, count }: {
    readonly ops: OpSet;
    readonly data: Facts | undefined;
    readonly count: number;
  },
): readonly Block[] | string {
  const parameters = (model: Block) => parametersOf(model, ops, data);
  const [least, most] = [parameters(student), parameters(teacher)];
  if (least === undefined || most === undefined) {
    return "`auto` cannot count what lies between student and teacher: " +
      "the shape of the data, or of a model, is not known before a run";
  }
  for (const grid of [depths, widths]) {
    const between: { readonly model: Block; readonly parameters: number }[] = [];
    for (const model of grid(student, ops)) {
      const own = parameters(model);
      if (own === undefined || own <= least) continue;
      if (own >= most) break;
      between.push({ model, parameters: own });
    }
    if (between.length === 0) continue;
    const wanted = ratios(least, most, Math.max(3, count)).map((point) => {
      const distances = between.map((each) =>
        Math.max(each.parameters / point, point / each.parameters)
      );
      return between[distances.indexOf(Math.min(...distances))]!;
    });
    return [...new Set(wanted)].map(({ model }) => model);
  }
  return `\`auto\` finds no ${student.use} between student (${least} parameters) and teacher (${most})`;
}

/** The student deeper and deeper. */
function* depths(student: Block, ops: OpSet): Iterable<Block> {
  if (!hasField(student, "depth", ops)) return;
  for (let depth = Number(student.depth) + 1; depth <= DEEPEST; depth++) {
    yield { ...student, depth };
  }
}

/** The student wider and wider. */
function* widths(student: Block, ops: OpSet): Iterable<Block> {
  if (!hasField(student, "width", ops)) return;
  for (let quarters = 1; quarters <= WIDEST; quarters++) {
    yield { ...student, width: Number(student.width) * (1 + quarters / 4) };
  }
}

function hasField({ use, ...student }: Block, field: string, ops: OpSet): boolean {
  const form = formOf(ops.get(MODEL)!.params);
  const family = form.form === "choice" ? form.alternatives[String(use)] : undefined;
  return family !== undefined && field in fieldsOf(family) && typeof student[field] === "number";
}

function parametersOf(model: Block, ops: OpSet, data: Facts | undefined): number | undefined {
  const zoo = ops.get(MODEL)!;
  if (model.use === undefined) return undefined;
  try {
    const facts = zoo.facts({}, withShapes(zoo, model, data));
    return facts.kind === "model" ? facts.parameters : undefined;
  } catch (error) {
    // A depth or width that the family does not have.
    if (error instanceof ParameterError) return undefined;
    throw error;
  }
}

/** At least `count` numbers between two, ascending, each the geometric mean of its neighbours. */
function ratios(low: number, high: number, count: number): readonly number[] {
  if (count < 1) return [];
  const middle = Math.sqrt(low * high);
  const rest = Math.ceil((count - 1) / 2);
  return [...ratios(low, middle, rest), middle, ...ratios(middle, high, rest)];
}
