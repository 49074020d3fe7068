/** The part of a file's graph that a recipe asks for: one of several outputs, and inputs of the sizes that it says. */
import { given } from "../../../engine/given.ts";
import { listed, quoted } from "../../../engine/quote.ts";
import { isExtent } from "../../model/kinds/check.ts";
import type { Shape } from "../../model/layers.ts";
import type { ModelInput } from "../../model/model.ts";
import { type AskedModel, sampleInput } from "../asked.ts";
import { chosenOutput } from "../chosen_output.ts";
import { UnreadableModelError } from "../format.ts";
import type { TfliteFile } from "./schema.ts";

type Subgraph = TfliteFile["subgraphs"][number];

/** The graph, less what only other outputs depend on. */
export interface ChosenGraph {
  readonly graph: Subgraph;
  /** Its inputs: `input`, `input2` …, or as the file calls them where a recipe does too. */
  readonly inputs: readonly (ModelInput & { readonly tensor: number })[];
  /** Sizes are others than those that the file was converted with, so that what it says of them does not hold. */
  readonly resized: boolean;
}

/**
 * What is chosen; all outputs where none is. Throws an UnreadableModelError for an output that is not there, for sizes that
 * stay open, and for sizes that are not the file's.
 */
export function chosenGraph(file: TfliteFile, asked: AskedModel): ChosenGraph {
  const [whole] = file.subgraphs as readonly [Subgraph];
  const graph = asked.output === undefined
    ? whole
    : withOutput(whole, whole.outputs[chosenOutput(namesOf(file, "outputs"), asked)]!);
  const names = namesOf(file, "inputs");
  const named = whole.inputs.map((tensor, index) => {
    const own = names[index]!;
    const usual = index === 0 ? "input" : `input${index + 1}`;
    return { tensor, name: Object.hasOwn(asked.inputs ?? {}, own) ? own : usual };
  }).filter(({ tensor }) => graph.inputs.includes(tensor));
  const samples = sampleInput(named.map(({ name }) => name), asked);
  let resized = false;
  const inputs = named.map(({ tensor, name }) => {
    const open = openShape(graph, tensor);
    const shape = filled(open, { name, asked: name === samples ? asked.input : undefined });
    resized ||= open.includes(OPEN);
    return { tensor, name, shape };
  });
  return { graph, inputs, resized };
}

/** What the network's author calls its inputs or outputs, else what their tensors are called. */
export function namesOf(file: TfliteFile, what: "inputs" | "outputs"): readonly string[] {
  const { subgraphs: [graph], signatures: [signed] = [] } = file;
  return graph![what].map((tensor) =>
    signed?.[what]?.find((each) => each.tensor === tensor)?.name ??
      graph!.tensors[tensor]?.name ?? ""
  );
}

/** The operators that a tensor depends on, and the inputs among what they read. */
function withOutput(graph: Subgraph, output: number): Subgraph {
  const read = new Set([output]);
  for (const { inputs, outputs } of graph.operators.toReversed()) {
    if (outputs.some((tensor) => read.has(tensor))) inputs.forEach((tensor) => read.add(tensor));
  }
  return {
    ...graph,
    inputs: graph.inputs.filter((tensor) => read.has(tensor)),
    outputs: [output],
    operators: graph.operators.filter(({ outputs }) => outputs.some((tensor) => read.has(tensor))),
  };
}

const OPEN = -1;

/** The shape of an input without the batch, −1 where it is open; converters write 1 there beside it. */
function openShape({ tensors }: Subgraph, tensor: number): readonly number[] {
  const found = tensors[tensor];
  if (found === undefined) {
    throw new UnreadableModelError(
      `Cannot read the model: it names tensor ${tensor} of ${tensors.length}`,
    );
  }
  const { shape, signature = [] } = found;
  return shape.map((extent, axis) => signature[axis] === OPEN ? OPEN : extent).slice(1);
}

/** Sizes that help shows in the place of open ones: of an image, of a sequence. */
const SHOWN = { image: 32, sequence: 64 } as const;

function filled(
  open: readonly number[],
  { name, asked }: { readonly name: string; readonly asked: Shape | undefined },
): Shape {
  const shown = open.map((extent) => extent === OPEN ? "open" : extent).join("×");
  const wrong = (why: string, help?: string) =>
    new UnreadableModelError(
      `Cannot read input ${quoted(name)}: ${why}`,
      given({ help, field: asked && "input" }),
    );
  if (asked === undefined) {
    if (!open.includes(OPEN)) {
      if (open.length > 0 && open.every(isExtent)) return open;
      throw new UnreadableModelError(
        `Cannot read the model: the shape of an input is ${open.join("×")}`,
      );
    }
    const size = open.length === 3 ? SHOWN.image : SHOWN.sequence;
    const example = open.map((extent) => extent === OPEN ? size : extent);
    throw wrong(
      `its samples are ${shown}`,
      `give its size in the recipe: input: [${listed(example.map(String))}]`,
    );
  }
  const fits = asked.length === open.length &&
    open.every((extent, axis) => extent === OPEN || extent === asked[axis]);
  if (fits) return asked;
  throw wrong(
    `its samples are ${shown}, and \`input\` says ${asked.join("×")}`,
    "sizes that the file says stay",
  );
}
