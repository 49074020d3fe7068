/**
 * A teacher's outputs as a step of their own, so that trainings share them: for a `distill` that has one teacher,
 * reads only labels and that teacher's outputs, and does not augment.
 */
import type { Json } from "../../digest.ts";
import type { TSchema } from "../../field.ts";
import { bind } from "./bind.ts";
import type { Scope } from "./draft.ts";
import { MODEL, recordingOp, taughtStage } from "../words/language.ts";
import { lossOf, reads } from "./losses.ts";
import type { Step } from "../recipe.ts";

/** The steps, with `predict` directly above the first `distill` that can use it. */
export function shareOutputs(steps: readonly Step[], scope: Scope): Step[] {
  const { ops, data } = scope;
  const [taught, recording] = [taughtStage(ops), recordingOp(ops)];
  if (taught === undefined || recording === undefined) return [...steps];
  const made = new Map<string, string>();
  const pair = ({ inputs }: Step, model: string) => `${inputs[model]} ${inputs.data}`;
  return steps.flatMap((step) => {
    if (step.op === recording.name) made.set(pair(step, MODEL), step.name);
    if (step.op !== taught.name || !canShare(step, lossOf(taught))) return [step];
    const { teacher, ...inputs } = step.inputs;
    const added: Step[] = [];
    let outputs = made.get(pair(step, "teacher"));
    if (outputs === undefined) {
      const draft = {
        op: recording.name,
        path: step.path,
        fields: { [MODEL]: teacher!, data: inputs.data ?? data ?? [] },
        seed: 0,
        teachers: [],
        broken: false,
      };
      added.push(...bind(draft, scope));
      outputs = added[0]!.name;
      made.set(pair(step, "teacher"), outputs);
    }
    const paths = { ...step.paths, outputs: `${step.path}.teacher` };
    const declared = Object.keys(taught.inputs);
    const bound = Object.entries({ ...inputs, outputs })
      .sort(([a], [b]) => declared.indexOf(a) - declared.indexOf(b));
    return [...added, { ...step, inputs: Object.fromEntries(bound), paths }];
  });
}

function canShare({ inputs, params, broken }: Step, schema: TSchema): boolean {
  const { augment = [], loss = [] } = params as { augment?: Json[]; loss?: Record<string, Json>[] };
  return broken === undefined && typeof inputs.teacher === "string" &&
    inputs.outputs === undefined && inputs.data !== undefined && augment.length === 0 &&
    // What a term compares inside the models is not among the outputs.
    !loss.some((term) => reads(schema, term, "features") || reads(schema, term, "auxiliary"));
}
