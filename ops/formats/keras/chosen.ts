/** The part of a topology that a recipe asks for: one of several outputs, and what that depends on. */
import { listed, quoted } from "../../../engine/quote.ts";
import { type AskedModel, sampleInput } from "../asked.ts";
import { UnreadableModelError } from "../format.ts";
import type { Topology, TopologyNode } from "./topology.ts";

/**
 * The nodes that the chosen output depends on, and the inputs among them, the one that reads the samples first; a note,
 * `outputs`, says which others are left out. Throws an
 * UnreadableModelError where several outputs are there and none is chosen, or one that is not there.
 */
export function chosenTopology(topology: Topology, asked: AskedModel): Topology {
  const at = chosenOutput(topology, asked);
  const cut = at === undefined ? topology : withOutput(topology, at);
  if (at !== undefined && topology.outputs.length > 1) {
    const others = topology.outputNames.filter((_, i) => i !== at);
    asked.note?.("outputs", { kept: topology.outputNames[at]!, "left_out": others });
  }
  const sample = sampleInput(cut.inputs, asked);
  if (sample === undefined) return cut;
  return { ...cut, inputs: [sample, ...cut.inputs.filter((name) => name !== sample)] };
}

function chosenOutput(
  { outputs, outputNames }: Topology,
  { output }: AskedModel,
): number | undefined {
  const names = listed(outputNames);
  if (output === undefined) {
    if (outputs.length <= 1) return undefined;
    throw new UnreadableModelError(
      `The model has ${outputs.length} outputs (${names}), and one is trained and measured`,
      { help: `name it: output: ${outputNames[0]}` },
    );
  }
  const at = outputNames.indexOf(output);
  if (at >= 0) return at;
  throw new UnreadableModelError(`The model has no output ${quoted(output)}`, {
    help: `it has ${names}`,
    field: "output",
  });
}

function withOutput(topology: Topology, at: number): Topology {
  const [output, name] = [topology.outputs[at]!, topology.outputNames[at]!];
  const byName = new Map(topology.nodes.map((node) => [node.name, node]));
  const needed = new Set([output]);
  for (const name of needed) byName.get(name)?.inputs.forEach((input) => needed.add(input));
  const kept = ({ name }: Pick<TopologyNode, "name">) => needed.has(name);
  return {
    nodes: topology.nodes.filter(kept),
    inputs: topology.inputs.filter((name) => needed.has(name)),
    outputs: [output],
    outputNames: [name],
  };
}
