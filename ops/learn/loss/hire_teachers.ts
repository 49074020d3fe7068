/** Whom each term of a loss listens to. */
import type { RunContext } from "../../../engine/op.ts";
import type { Room } from "../../../engine/tensor/mod.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { Model } from "../../model/model.ts";
import { livingTeacher, rememberedTeacher, type Teacher } from "./listen.ts";
import type { Outputs } from "../outputs.ts";
import { type LossTerm, namesTeacher, reads, readsTeacher } from "../terms/terms.ts";

/** Whom a loss hears. */
export interface Hired {
  readonly teachers: readonly (Teacher | undefined)[];
  dispose(): void;
}

/** One teacher per term, undefined for a term that reads none; each model is brought into the room once. */
export async function hireTeachers(
  room: Room,
  data: Dataset,
  loss: readonly LossTerm[],
  { teacher, outputs }: {
    readonly teacher: Model | undefined;
    readonly outputs: Outputs | undefined;
  },
  context: Pick<RunContext, "referenced">,
): Promise<Hired> {
  const hired = new Map<string, Teacher>();
  const nameOf = (term: LossTerm) => namesTeacher(term) ? term.teacher : "";
  // Of a teacher whose layers alone are read it does not matter what it answers.
  const heard = new Set(loss.filter((term) => reads(term, "teacher")).map(nameOf));
  const hire = async (name: string): Promise<Teacher> => {
    const known = hired.get(name);
    if (known !== undefined) return known;
    const found = name !== ""
      ? await livingTeacher(room, data, await context.referenced<Model>(name), {
        heard: heard.has(name),
      })
      : outputs !== undefined
      ? rememberedTeacher(room, data, outputs)
      : await livingTeacher(room, data, teacher!, { heard: heard.has("") });
    hired.set(name, found);
    return found;
  };
  const teachers: (Teacher | undefined)[] = [];
  for (const term of loss) {
    teachers.push(readsTeacher(term) ? await hire(nameOf(term)) : undefined);
  }
  return { teachers, dispose: () => hired.forEach((each) => each.dispose()) };
}
