/** The part of a topology that a recipe asks for: one of several outputs, and what that depends on. */
import { type AskedModel, sampleInput } from "../asked.ts";
import { chosenOutput } from "../chosen_output.ts";
import type { Topology, TopologyNode } from "./topology.ts";

/**
 * The nodes that the chosen output depends on, and the inputs among them, the one that reads the samples first; a note,
 * `outputs`, says which others are left out. Throws an
 * UnreadableModelError where several outputs are there and none is chosen, or one that is not there.
 */
export function chosenTopology(topology: Topology, asked: AskedModel): Topology {
  const at = chosenOutput(topology.outputNames, asked);
  const cut = asked.output === undefined ? topology : withOutput(topology, at);
  const sample = sampleInput(cut.inputs, asked);
  if (sample === undefined) return cut;
  return { ...cut, inputs: [sample, ...cut.inputs.filter((name) => name !== sample)] };
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
