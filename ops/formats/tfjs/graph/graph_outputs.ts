/** What leaves a graph-model: as its file says, as a recipe asks, or else what no node reads. */
import { listed, quoted } from "../../../../engine/quote.ts";
import type { AskedModel } from "../../asked.ts";
import { unchosen } from "../../chosen_output.ts";
import { UnreadableModelError } from "../../format.ts";
import { isJsonObject, type JsonObject } from "../../json_object.ts";
import { type DefNode, tensorName, typeName } from "./graph_def.ts";
import { nodeOfTensor } from "./node_order.ts";

/** What the file says of its inputs or outputs beside the graph, by the names that it gives them. */
export function signed(json: JsonObject, what: "inputs" | "outputs"): Readonly<
  Record<string, JsonObject>
> {
  const metadata = isJsonObject(json.userDefinedMetadata) ? json.userDefinedMetadata : {};
  const signature = isJsonObject(json.signature) ? json.signature : metadata.signature;
  const found = isJsonObject(signature) ? signature[what] : undefined;
  const named = Object.entries(isJsonObject(found) ? found : {}).filter(([, each]) =>
    isJsonObject(each) && typeof each.name === "string"
  );
  return Object.fromEntries(named) as Readonly<Record<string, JsonObject>>;
}

/**
 * The tensor that leaves: the only one, or the one that is asked for, which may be any node's, so that a network is read
 * without what follows it; a note, `outputs`, says which are left out. Throws an UnreadableModelError where several are there
 * and none is chosen, or one that is not there.
 */
export function outputOf(
  json: JsonObject,
  nodes: readonly DefNode[],
  { output, note }: Pick<AskedModel, "output" | "note">,
): string {
  const there = outputsOf(json, nodes);
  const chosen = output ?? (there.length === 1 ? there[0] : undefined);
  if (chosen === undefined) throw unchosen(there);
  const own = Object.entries(signed(json, "outputs")).find(([key]) => key === chosen);
  const tensor = tensorName(own === undefined ? chosen : own[1].name as string);
  if (!there.includes(tensor) && !nodes.some(({ name }) => name === nodeOfTensor(tensor))) {
    throw new UnreadableModelError(`The model has no output ${quoted(chosen)}, and no such node`, {
      help: `it has ${listed(there)}`,
      field: "output",
    });
  }
  const others = there.filter((each) => each !== tensor);
  if (others.length > 0) note?.("outputs", { kept: tensor, "left_out": others });
  return tensor;
}

/** Tensors that leave. Whole numbers are no answers of a model. */
function outputsOf(json: JsonObject, nodes: readonly DefNode[]): readonly string[] {
  const named = Object.values(signed(json, "outputs"));
  if (named.length > 0) {
    const floating = named.filter(({ dtype }) => FLOATING.test(typeName(dtype)));
    if (floating.length > 0) return floating.map(({ name }) => tensorName(name as string));
    throw new UnreadableModelError("Cannot read the model: none of its outputs is of real numbers");
  }
  const read = new Set(nodes.flatMap(({ inputs }) => inputs.map(nodeOfTensor)));
  const last = nodes.filter(({ name, op }) =>
    !read.has(name) && !["Const", "NoOp", "Placeholder"].includes(op)
  );
  if (last.length > 0) return last.map(({ name }) => name);
  throw new UnreadableModelError("Cannot read the model: nothing leaves its graph");
}

const FLOATING = /^DT_(?:FLOAT|DOUBLE|HALF|BFLOAT16)$/;
