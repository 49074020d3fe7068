/** What the terms of a loss read beside the batch: teachers, auxiliary models, data that hold what is real. */
import type { RunContext } from "../../../engine/op.ts";
import type { Room } from "../../../engine/tensor/mod.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { Model } from "../../model/model.ts";
import type { Outputs } from "../outputs.ts";
import {
  auxiliaryName,
  discriminatorOf,
  type LossTerm,
  namesTeacher,
  reads,
  readsTeacher,
} from "../terms/terms.ts";
import { rangeWarning } from "./discriminator.ts";
import { modelTeacher, recordedTeacher, type Teacher } from "./teachers.ts";

/** One entry per term each. */
export interface LossInputs {
  /** Undefined for a term that reads none. A model that teaches several terms is one object. */
  readonly teachers: readonly (Teacher | undefined)[];
  /** The model that the term's `through` names. */
  readonly auxiliaries: readonly (Model | undefined)[];
  /** The data whose samples are real to the term's discriminator, where they are not a teacher's outputs. */
  readonly reals: readonly (Dataset | undefined)[];
  /** Frees the teachers. */
  dispose(): void;
}

/** Of what a loss takes its inputs. */
interface LossSources {
  readonly loss: readonly LossTerm[];
  readonly data: Dataset;
  /** The models that learn. */
  readonly models: readonly Model[];
  /** The teacher of terms that name none. */
  readonly teacher?: Model | undefined;
  /** Recorded outputs of that teacher on the training samples, in its place. */
  readonly outputs?: Outputs | undefined;
}

/**
 * Fetches what is named and brings each teacher into the room once. Warns where a model that learns cannot make
 * values like the real ones.
 */
export async function openLossInputs(
  room: Room,
  sources: LossSources,
  context: Pick<RunContext, "referenced" | "warn">,
): Promise<LossInputs> {
  const auxiliaries: (Model | undefined)[] = [];
  const reals: (Dataset | undefined)[] = [];
  for (const [i, term] of sources.loss.entries()) {
    const through = auxiliaryName(term);
    auxiliaries.push(through === undefined ? undefined : await context.referenced<Model>(through));
    const name = discriminatorOf(term)?.real;
    const real = name === undefined ? undefined : await context.referenced<Dataset>(name);
    reals.push(real);
    const warning = real && rangeWarning(`loss.${i}.real`, real, sources.models);
    if (warning !== undefined) context.warn(warning);
  }
  const teachers = await openTeachers(room, sources, context);
  const dispose = () => new Set(teachers).forEach((each) => each?.dispose());
  return { teachers, auxiliaries, reals, dispose };
}

async function openTeachers(
  room: Room,
  { loss, data, teacher, outputs }: LossSources,
  { referenced }: Pick<RunContext, "referenced">,
): Promise<readonly (Teacher | undefined)[]> {
  const opened = new Map<string | undefined, Teacher>();
  const nameOf = (term: LossTerm) => namesTeacher(term) ? term.teacher : undefined;
  // Of a teacher whose features alone are read it does not matter what outputs it has.
  const compared = new Set(loss.filter((term) => reads(term, "teacher")).map(nameOf));
  const teachers: (Teacher | undefined)[] = [];
  for (const term of loss) {
    const name = nameOf(term);
    if (readsTeacher(term) && !opened.has(name)) {
      opened.set(
        name,
        name === undefined && outputs !== undefined
          ? recordedTeacher(room, data, outputs)
          : await modelTeacher(
            room,
            data,
            name === undefined ? teacher! : await referenced<Model>(name),
            { outputs: compared.has(name) },
          ),
      );
    }
    teachers.push(readsTeacher(term) ? opened.get(name) : undefined);
  }
  return teachers;
}
