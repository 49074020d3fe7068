/** Models side by side as one, whose output is the mean of theirs. */
import { given } from "../../engine/given.ts";
import { ParameterError } from "../../engine/op.ts";
import { shapesOf, show } from "../model/layers.ts";
import type { Architecture, Layer, Model, Weight } from "../model/model.ts";
import { weightName } from "../model/model.ts";
import { floatWeight } from "../model/weights.ts";

const MIX = "average.mix";

/** What the mean is taken of. */
type Average = "logits" | "probabilities";

const own = (member: number, name: string): string => `member${member + 1}.${name}`;

/**
 * The structure: every member's layers under `member1.`, `member2.` … on the first one's inputs. For logits
 * `average.join` follows, all of them one after another, and `average.mix`, a dense layer without bias. For
 * probabilities `average.mix` alone follows, a layer of its own kind. `shares` are 1 together. Throws a ParameterError at
 * the member that does not read or say what the first does.
 */
export function ensembleOf(
  members: readonly Architecture[],
  shares: readonly number[],
  average: Average,
): Architecture {
  const [first] = members as readonly [Architecture];
  for (const [k, member] of members.entries()) assertAlike(first, member, k);
  const layers = members.flatMap((member, k): Layer[] => {
    const places = new Map(member.inputs.map(({ name }, i) => [name, first.inputs[i]!.name]));
    const named = (name: string) => places.get(name) ?? own(k, name);
    return member.layers.map((layer) => ({
      ...layer,
      name: own(k, layer.name),
      ...given({ tied: layer.tied && own(k, layer.tied) }),
      inputs: layer.inputs.map(named),
    }));
  });
  return {
    family: "ensemble",
    inputs: first.inputs,
    layers: [
      ...layers,
      ...mixing(
        members.map(({ outputs }, k) => own(k, outputs[0]!)),
        widthOf(first),
        shares,
        average,
      ),
    ],
    outputs: [MIX],
    head: first.head,
  };
}

/**
 * The model: logits Σ wₖ · zₖ, or log Σ wₖ · softmax(zₖ), with wₖ the share of member k. Throws a RangeError where
 * the members do not prepare their samples alike.
 */
export function ensembled(
  members: readonly Model[],
  shares: readonly number[],
  average: Average,
): Model {
  const [first] = members as readonly [Model];
  const prepared = ({ preprocess, classes }: Model) => JSON.stringify([preprocess, classes]);
  const odd = members.findIndex((member) => prepared(member) !== prepared(first));
  if (odd !== -1) {
    throw new RangeError(
      `Cannot average models that see samples differently: model ${
        odd + 1
      } has another normalisation, or other ` +
        "classes, than the first",
    );
  }
  const structure = ensembleOf(members, shares, average);
  const weights: Record<string, Weight> = {};
  for (const [k, member] of members.entries()) {
    for (const [name, weight] of Object.entries(member.weights)) weights[own(k, name)] = weight;
  }
  if (average === "logits") {
    weights[weightName(MIX, "kernel")] = identities(shares, widthOf(first));
  }
  const { preprocess, classes } = first;
  return {
    ...structure,
    weights,
    preprocess,
    classes,
    established: together(members),
    learned: members.every(({ learned }) => learned),
    quantization: null,
  };
}

/** Relative shares as fractions of 1. */
export function fractions(shares: readonly number[]): readonly number[] {
  const sum = shares.reduce((all, share) => all + share, 0);
  return shares.map((share) => share / sum);
}

function mixing(
  inputs: readonly string[],
  units: number,
  shares: readonly number[],
  average: Average,
): readonly Layer[] {
  if (average === "probabilities") return [{ name: MIX, kind: "mixture", inputs, shares }];
  const join = "average.join";
  return [
    { name: join, kind: "concat", inputs },
    { name: MIX, kind: "dense", inputs: [join], units, bias: false, activation: "linear" },
  ];
}

/** Shares times identities, one below the other. */
function identities(shares: readonly number[], width: number): Weight {
  const kernel = new Float32Array(shares.length * width * width);
  for (const [k, share] of shares.entries()) {
    for (let i = 0; i < width; i++) kernel[(k * width + i) * width + i] = share;
  }
  return floatWeight([shares.length * width, width], kernel);
}

/** What any member had established, under the names that its layers have now. */
function together(members: readonly Model[]): Model["established"] {
  const all = members.map(({ established }) => established);
  const channels = members.flatMap(({ established }, k) =>
    Object.entries(established.channels ?? {}).map(([name, left]) => [own(k, name), left] as const)
  );
  const replaced = members.flatMap(({ established }, k) =>
    established.replaced?.map((name) => own(k, name)) ?? []
  );
  return given({
    zeros: all.some(({ zeros }) => zeros) ? true : undefined,
    clusters: all.some(({ clusters }) => clusters) ? true : undefined,
    channels: all.some(({ channels }) => channels) ? Object.fromEntries(channels) : undefined,
    replaced: all.some(({ replaced }) => replaced) ? replaced.sort() : undefined,
  });
}

function assertAlike(first: Architecture, member: Architecture, k: number): void {
  const gives = (model: Architecture) => show(shapesOf(model)[model.outputs[0]!]!);
  const reads = ({ inputs }: Architecture) => inputs.map(({ shape }) => show(shape)).join(" and ");
  const described = (model: Architecture) =>
    `reads ${reads(model)}, says ${
      gives(model)
    } (${model.outputs.length} output, head ${model.head})`;
  if (described(member) === described(first) && member.outputs.length === 1) return;
  throw new ParameterError(
    "shape-mismatch",
    `models.${k}`,
    `the answers of an ensemble are averaged: model 1 ${described(first)}, model ${k + 1} ${
      described(member)
    }`,
    "models of the same data, with one output each",
  );
}

function widthOf(model: Architecture): number {
  return shapesOf(model)[model.outputs[0]!]!.at(-1)!;
}
