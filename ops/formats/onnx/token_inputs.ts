/**
 * Token numbers as tokenizers hand them over: int64 `input_ids` and `attention_mask`, [batch, sequence], the mask 0 where a
 * text has ended.
 */
import { DataType } from "../../../engine/deps/onnx_buf.ts";
import { kindOf, type LayerKind } from "../../model/kinds/mod.ts";
import type { Architecture } from "../../model/model.ts";
import type { OnnxGraph } from "./graph.ts";

/** The names of the two. */
export const TOKEN_INPUTS = ["input_ids", "attention_mask"] as const;

type Structure = Pick<Architecture, "inputs" | "layers">;

/** The token that attention and means leave out: the one that a layer tells from all others, else 0. */
export function paddingOf({ inputs, layers }: Structure): number {
  const mask = layers.find((layer) =>
    layer.kind === "function" && layer.function === "differs" &&
    layer.inputs[0] === inputs[0]?.name
  );
  return mask?.kind === "function" ? mask.parameters[0]! : 0;
}

/** Throws a RangeError for a model that reads anything but the token numbers of a text. */
export function assertReadsTokens({ inputs, layers }: Structure): void {
  const [input, ...others] = inputs;
  const readers = layers.filter((layer) => layer.inputs.includes(input!.name));
  const reads = others.length === 0 && input!.shape.length === 1 &&
    readers.some((layer) => kindOf(layer).vocabulary(layer) !== undefined);
  if (reads) return;
  throw new RangeError(
    "Cannot write ONNX with `tokens: int64`: the model does not read the token numbers of a text alone",
  );
}

/** Kinds that compute each row of a sequence by itself, or all of them whatever their number. */
const ANY_LENGTH: ReadonlySet<LayerKind> = new Set([
  ...["embedding", "position", "layer-norm", "standardize", "dense", "attention"] as const,
  ...["add", "activation", "function", "dropout", "first", "token-mean"] as const,
]);
/** Those that make one row of all. */
const ONE_ROW: ReadonlySet<LayerKind> = new Set(["first", "token-mean"]);

/** The values whose first extent is the length of the text; undefined where a layer needs it to be the model's. */
export function openValues({ inputs, layers }: Structure): ReadonlySet<string> | undefined {
  const open = new Set([inputs[0]!.name]);
  for (const { name, kind, inputs } of layers) {
    if (!inputs.some((input) => open.has(input))) continue;
    if (!ANY_LENGTH.has(kind)) return undefined;
    if (!ONE_ROW.has(kind)) open.add(name);
  }
  return open;
}

/** What the model's own input is, of the two: a token that is masked becomes padding, of which no layer takes anything. */
export function maskedTokens(graph: OnnxGraph, padding: number): string {
  const [ids, mask] = TOKEN_INPUTS;
  const real = graph.node("tokens.real", "Cast", [mask], { to: { int: DataType.BOOL } });
  const none = graph.constant("tokens.padding", BigInt64Array.of(BigInt(padding)), []);
  const masked = graph.node("tokens.masked", "Where", [real, ids, none]);
  return graph.node("tokens", "Cast", [masked], { to: { int: DataType.FLOAT } });
}

/** Both for samples of token numbers, one after another; in the order of TOKEN_INPUTS. */
export function tokenFeeds(
  x: Float32Array,
  padding: number,
): readonly [BigInt64Array, BigInt64Array] {
  return [
    BigInt64Array.from(x, (token) => BigInt(token)),
    BigInt64Array.from(x, (token) => token === padding ? 0n : 1n),
  ];
}
