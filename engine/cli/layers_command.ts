/** `decant layers`: the layers of a model as selectors see them. */
import { jsonText } from "../quote.ts";
import { nearestLayers } from "../graph/check_selectors.ts";
import type { Graph, Node } from "../graph/graph.ts";
import type { LayerFacts } from "../facts.ts";
import { sourceUrl } from "../graph/sources/source_url.ts";
import { matchSelector } from "../selector.ts";
import { DecantError, exitCodes } from "../error.ts";
import { layerTable } from "../report/layer_table.ts";
import { tableText } from "../report/table.ts";
import { type Command } from "./command.ts";
import { printProblems } from "./terminal.ts";
import { cache, json, recipeOptions, set, trustHost, UNLIMITED } from "./recipe_options.ts";

/** The command. */
export const layersCommand: Command = {
  name: "layers",
  summary: "Lists the layers of a model in a recipe, and which of them a selector names",
  operands: ["RECIPE", "[MODEL]", "[SELECTOR]"],
  options: { set, cache, "trust-host": trustHost, json },
  async run(invocation) {
    const { terminal, options, operands: [name, selector] } = invocation;
    const recipe = await invocation.recipe();
    // The plan knows what records can tell of data and loaded models; compile alone does not.
    const { graph } = await recipe.plan({ ...recipeOptions(invocation), ...UNLIMITED });
    let node = modelNode(graph, name ?? graph.recipe.result);
    const file = localFileBehind(graph, node);
    if (file !== undefined) {
      const { memoryStore } = await import("../store/memory_store.ts");
      // What is read for a look at it is not kept.
      const read = { ...recipeOptions(invocation), cache: memoryStore(), until: file.step.name };
      const run = await recipe.run(read);
      if (run.ending !== "done") {
        printProblems(terminal, run.problems);
        return exitCodes[run.ending];
      }
      node = run.graph.node(node.step.name) ?? node;
    }
    const layers = layersOf(node);
    const matched = new Set(
      selector === undefined ? layers.map((layer) => layer.name) : matchSelector(selector, layers),
    );
    const shown = layers.filter((layer) => matched.has(layer.name));
    if (shown.length === 0) {
      throw new DecantError(
        "usage",
        `"${selector}" matches no layer of ${node.step.name}`,
        `nearest: ${nearestLayers(selector ?? "", layers).join(", ")}`,
      );
    }
    if (options.json) {
      terminal.out(
        jsonText({ format: 1, model: node.step.name, layers: shown }),
      );
    } else terminal.out(layersText(node.step.name, layers, shown));
    return exitCodes.done;
  },
};

function layersText(
  model: string,
  layers: readonly LayerFacts[],
  shown: readonly LayerFacts[],
): string {
  const table = tableText(layerTable(shown));
  return `${table}\n${shown.length} of ${layers.length} layers of ${model}.\n`;
}

function modelNode(graph: Graph, name: string | undefined): Node {
  const models = graph.nodes.filter(({ op }) => op.output.name === "model");
  const wanted = name === "result" ? graph.recipe.result : name;
  const node = models.find(({ step }) => step.name === wanted);
  if (node !== undefined) return node;
  const names = models.map(({ step }) => step.name).join(", ");
  throw new DecantError("usage", `the recipe makes no model "${wanted}"`, `its models: ${names}`);
}

/** The step that reads the model whose layers are waited for from files of this machine. */
function localFileBehind(graph: Graph, { step, facts, waits }: Node): Node | undefined {
  if (facts?.kind === "model" && facts.layers !== undefined) return undefined;
  const reader = graph.node(waits ?? step.name);
  const sources = reader?.op.source(reader.step.params) ?? [];
  const local = sources.length > 0 && reader!.op.output.name === "model" &&
    sources.every((source) => sourceUrl(graph.recipe.base, source).protocol === "file:");
  return local ? reader : undefined;
}

function layersOf({ step, facts, waits }: Node): readonly LayerFacts[] {
  if (facts?.kind === "model" && facts.layers !== undefined) return facts.layers;
  throw new DecantError(
    "usage",
    `the layers of "${step.name}" are not known yet: they wait for ${waits ?? "a source"}`,
    `decant run RECIPE --until ${waits ?? step.name}`,
  );
}
