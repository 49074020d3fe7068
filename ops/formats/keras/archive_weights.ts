/**
 * The weights in a Keras 3 archive, which have no names there: each layer numbers its own in the order in which it makes
 * them, in a folder named after its class.
 */
import { isJsonObject, type JsonObject, textIn } from "../json_object.ts";
import type { FileWeight } from "./assembly.ts";
import type { Group } from "./hdf5/hdf5_file.ts";
import { MODELS } from "./topology.ts";

/** Weights of one folder, in order. */
interface WeightFolder {
  /** Within the layer's own; none for itself. */
  readonly at?: string;
  readonly names: readonly string[];
}

type LayerConfig = JsonObject;

/** `names`, and behind them what the layer has unless a flag of its config says otherwise. */
const withFlags =
  (names: readonly string[], flags: Readonly<Record<string, string>>, last: string[] = []) =>
  (config: LayerConfig): readonly WeightFolder[] => [{
    names: [
      ...names,
      ...Object.entries(flags).filter(([flag]) => config[flag] !== false).map(([, name]) => name),
      ...last,
    ],
  }];

const kernel = withFlags(["kernel"], { "use_bias": "bias" });
const separable = withFlags(["depthwise_kernel", "pointwise_kernel"], { "use_bias": "bias" });
const scaled = withFlags([], { scale: "gamma", center: "beta" });
const cell = (config: LayerConfig) =>
  withFlags(["kernel", "recurrent_kernel"], { "use_bias": "bias" })(config)
    .map((folder) => ({ ...folder, at: "cell" }));

/** Cells in one: each in a folder named after its class, its weights under its own name. */
function stackedCells({ name, cells }: LayerConfig): readonly WeightFolder[] {
  const used = new Map<string, number>();
  const list = Array.isArray(cells) ? cells.filter(isJsonObject) : [];
  return list.flatMap((each) => {
    const config = isJsonObject(each.config) ? each.config : {};
    const at = uniqueName(snakeCase(textIn(each.class_name)), used);
    return cell(config).map(({ names }) => ({
      at: `cell/cells/${at}`,
      names: names.map((weight) => `${textIn(name)}/${textIn(config.name)}/${weight}`),
    }));
  });
}

/** Attention by heads: a projection for each of its roles. */
const projections = (prefix: string) => (config: LayerConfig): readonly WeightFolder[] =>
  Object.entries({ query: "query", key: "key", value: "value", output: "attention_output" })
    .map(([at, role]) => ({
      at: `${prefix}${at}_dense`,
      names: kernel(config)[0]!.names.map((name) => `${role}/${name}`),
    }));

/** Classes with weights. */
const folders: Readonly<Record<string, (config: LayerConfig) => readonly WeightFolder[]>> = {
  Dense: kernel,
  EinsumDense: withFlags(["kernel", "bias"], {}),
  Conv1D: kernel,
  Conv2D: kernel,
  Conv1DTranspose: kernel,
  Conv2DTranspose: kernel,
  Conv3D: kernel,
  Conv3DTranspose: kernel,
  DepthwiseConv1D: kernel,
  DepthwiseConv2D: kernel,
  SeparableConv1D: separable,
  SeparableConv2D: separable,
  BatchNormalization: withFlags([], { scale: "gamma", center: "beta" }, [
    "moving_mean",
    "moving_variance",
  ]),
  LayerNormalization: scaled,
  GroupNormalization: scaled,
  RMSNormalization: withFlags(["scale"], {}),
  Normalization: withFlags(["mean", "variance", "count"], {}),
  Embedding: withFlags(["embeddings"], {}),
  ReversibleEmbedding: withFlags(["embeddings"], {}),
  PReLU: withFlags(["alpha"], {}),
  LSTM: cell,
  GRU: cell,
  SimpleRNN: cell,
  ConvLSTM1D: cell,
  ConvLSTM2D: cell,
  ConvLSTM3D: cell,
  RNN: ({ cell: own }) =>
    isJsonObject(own) && isJsonObject(own.config)
      ? own.class_name === "StackedRNNCells" ? stackedCells(own.config) : cell(own.config)
      : [],
  MultiHeadAttention: projections(""),
  GroupQueryAttention: projections("_"),
  Attention: ({ "use_scale": scale, "score_mode": mode }) => [{
    names: [
      ...scale === true ? ["scale"] : [],
      ...mode === "concat" ? ["concat_score_weight"] : [],
    ],
  }],
  AdditiveAttention: withFlags(["scale"], {}),
  STFTSpectrogram: ({ mode }) => [{
    names: [
      ...mode === "imag" ? [] : ["real_kernel"],
      ...mode === "real" ? [] : ["imag_kernel"],
    ],
  }],
};

/**
 * The weights of a model, by `<model>/<layer>/<name>` as `.h5` names them. Those that the file does not have are left out:
 * the reader of the class says what it needs.
 */
export function archiveWeights(model: JsonObject, root: Group): ReadonlyMap<string, FileWeight> {
  const weights = new Map<string, FileWeight>();
  addModel(model, root, "", weights);
  return weights;
}

function addModel(
  { config }: JsonObject,
  group: Group,
  prefix: string,
  weights: Map<string, FileWeight>,
): void {
  const layers = isJsonObject(config) && Array.isArray(config.layers) ? config.layers : [];
  const children = group.group("layers");
  const used = new Map<string, number>();
  for (const layer of layers) {
    if (!isJsonObject(layer) || !isLayer(layer)) continue;
    const className = textIn(layer.class_name);
    const name = uniqueName(
      snakeCase(Object.hasOwn(renamed, className) ? renamed[className]! : className),
      used,
    );
    const own = children?.group(name);
    if (own !== undefined) addLayer(layer, own, prefix, weights);
  }
}

function addLayer(
  layer: JsonObject,
  group: Group,
  prefix: string,
  weights: Map<string, FileWeight>,
): void {
  const className = textIn(layer.class_name);
  const config = isJsonObject(layer.config) ? layer.config : {};
  const path = `${prefix}${textIn(config.name)}`;
  if (MODELS.has(className)) return addModel(layer, group, `${path}/`, weights);
  for (const [inner, child, name] of wrapped(className, config)) {
    const own = group.group(child);
    const named = { ...inner, config: { ...inner.config as JsonObject, name } };
    if (own !== undefined) addLayer(named, own, `${path}/`, weights);
  }
  const of = Object.hasOwn(folders, className) ? folders[className]! : () => [];
  for (const { at, names } of of(config)) {
    const stored = group.group(at === undefined ? "vars" : `${at}/vars`);
    names.forEach((name, index) => {
      const weight = stored?.array(String(index));
      if (weight !== undefined) weights.set(`${path}/${name}`, weight);
    });
  }
}

/** Layers that a layer holds, where they lie, and how `.h5` calls them. */
function wrapped(
  className: string,
  config: LayerConfig,
): readonly (readonly [layer: JsonObject, at: string, name: string])[] {
  const { layer, "backward_layer": backward } = config;
  if (!isJsonObject(layer)) return [];
  const name = isJsonObject(layer.config) ? textIn(layer.config.name) : "";
  if (className !== "Bidirectional") return [[layer, "layer", name]];
  const plain = name.replace(/^forward_/, "");
  return [
    [layer, "forward_layer", `forward_${plain}`],
    [isJsonObject(backward) ? backward : layer, "backward_layer", `backward_${plain}`],
  ];
}

/** Classes that have another name in a config than in the library. */
const renamed: Readonly<Record<string, string>> = { GroupQueryAttention: "GroupedQueryAttention" };

/** Functions of `keras.ops` stand among the layers, and have no folder. */
function isLayer({ module }: JsonObject): boolean {
  return !(typeof module === "string" && module.startsWith("keras.src.ops"));
}

/** As Keras makes names of classes. */
function snakeCase(className: string): string {
  return className
    .replace(/\W+/g, "")
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

/** The name, and behind it how often it was there before. */
function uniqueName(name: string, used: Map<string, number>): string {
  const before = used.get(name) ?? 0;
  used.set(name, before + 1);
  return before === 0 ? name : `${name}_${before}`;
}
