/** What an error says that is no sentence of ours: which step failed, and in which code of one's own. */
import { DecantError } from "../error.ts";
import { shownModule, thrownAt } from "./thrown.ts";
import { type Node, ownCodeOf } from "./graph.ts";

type FailedStep = Pick<Node, "op" | "step">;

/** The failure of a step, in a sentence; where it runs code of one's own, which, and where in its file it threw. */
export function stepFailure(node: FailedStep, error: unknown): DecantError {
  const message = error instanceof Error ? error.message : String(error);
  const tooLarge = error instanceof RangeError &&
    /allocation failed|invalid .*array.* length/i.test(message);
  const why = tooLarge ? "it needs more memory than there is" : message;
  const { where = "", help } = inOwnCode(node, error);
  return new DecantError("step-failed", `\`${node.step.name}\` failed${where}: ${why}`, help);
}

/** Which code of one's own threw an error of a step, and where in its file; or which the step runs, where no stack says it. */
function inOwnCode(
  node: FailedStep,
  error: unknown,
): { readonly where?: string; readonly help?: string } {
  const own = ownCodeOf(node);
  if (own.length === 0) return {};
  const at = thrownAt(error);
  const written = own.filter(({ module }) => module === at?.file);
  const meant = at === undefined || written.length === 0 ? own : written;
  const names = meant.map(({ name, what }) => `\`${name}\`, ${what}`).join(", or ");
  return at === undefined
    ? { help: `it runs code that did not come with Decant: ${names}` }
    : { where: ` in ${names} (${shownModule(at.file)}:${at.line}:${at.column})` };
}
