/** What a layer kind is: everything that Decant asks about a layer, answered in one literal per kind. */
import type { Static, TObject } from "../../../engine/field.ts";
import type { Stream } from "../../../engine/tensor/random.ts";
import type {
  Activation,
  Ended,
  IntegerEnd,
  Norm,
  Room,
  ScaledShort,
  ShortFormat,
  ShortTensor,
  Tensor,
} from "../../../engine/tensor/mod.ts";
import { type ChannelRule, channelRule, type ChannelRules } from "./channels.ts";
import type { Expected } from "./expected.ts";
import type { KernelForm, Role, Weighted, WeightShapes } from "./weights.ts";
import { type Shape, sizeOf } from "../../../engine/shape.ts";

/** What every layer has, whatever its kind. */
export interface AnyLayer extends Weighted {
  readonly kind: string;
  /** The layers and inputs that it reads. */
  readonly inputs: readonly string[];
}

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

/** A layer of kind K with the attributes of a schema. */
type LayerWith<K extends string, Attributes extends TObject> =
  & Weighted
  & { readonly kind: K; readonly inputs: readonly string[] }
  & Frozen<Static<Attributes>>;

/** The layers that a definition is of. */
export type LayerIn<D> = D extends { shape(layer: infer L, inputs: never): unknown } ? L : never;

/** What a layer's arithmetic needs besides its attributes. */
export interface LayerRun {
  readonly room: Room;
  /** Values of the layers it reads, batch first. */
  readonly inputs: readonly Tensor[];
  /** Its weight of a role. */
  weight(role: Role): Tensor;
  /** Batch statistics and dropout. */
  readonly training: boolean;
  /** A batch normalisation that a convolution does on the way out, and its activation. */
  readonly norm?: Norm & { readonly activation: Activation };
  /** Takes the batch statistics of a batchnorm. */
  statistics(mean: Tensor, variance: Tensor): void;
  /** The mask of a dropout over a value of this shape. */
  dropout(shape: readonly number[], rate: number): Tensor;
  /** Standard normal draws for a sampling layer. */
  noise(shape: readonly number[]): Tensor;
}

/** Centred integers q − zero that a layer reads, and its kernel, centred as well. */
interface IntegerProduct<E extends IntegerEnd> {
  readonly room: Room;
  /** The values, batch first. */
  readonly x: ShortTensor;
  readonly kernel: Tensor;
  /** What becomes of the sums. */
  readonly end: E;
}

/** A layer's part in integer arithmetic. */
interface IntegerRule<L> {
  /**
   * In which format (scale and zero point) a layer's output is held when a model is quantized to integers.
   * `keeps`: that of its input, because it only picks or moves values (max pooling, flatten).
   * `makes`: one of its own, because it computes new values from integers (convolution, addition, an activation).
   * `float`: none; the layer reads and computes floats (softmax attention, layer normalisation), and its inputs are not
   * rounded for its sake.
   */
  readonly values: "keeps" | "makes" | "float";
  /** The exact sums of integer products, where its kernel multiplies integers. */
  product?<E extends IntegerEnd>(layer: L, operands: IntegerProduct<E>): Ended<E>;
  /**
   * The layer on integers, rounded to a format at once: the same bits as by real numbers, quicker. Undefined where it
   * cannot.
   */
  rounded?(
    layer: L,
    of: { readonly room: Room; readonly inputs: readonly ScaledShort[]; readonly to: ShortFormat },
  ): ShortTensor | undefined;
  /** Whether rows may also find their ranges while they are multiplied (`ranges: dynamic`). */
  readonly dynamic?: true;
}

/** First values of a weight: `draws` opens its stream, or a further one that `part` names. */
export type InitialValues = (shape: Shape, draws: (part?: string) => Stream) => Float32Array;

/** What is known of the values that a layer reads, for `expected`. */
interface ExpectedInputs {
  /** By input; undefined where nothing is known without data. */
  readonly inputs: readonly (Expected | undefined)[];
  /** Shape of the first input. */
  readonly shape: Shape;
  /** Its decoded weight of a role. */
  weight(role: Role): Float32Array;
}

/** Answers that most kinds share, by their defaults. */
interface KindAnswers<L extends AnyLayer> {
  /** Multiply-accumulates of one sample: products of weights and values, and of values in attention. Default: 0. */
  macs(layer: L, inputs: readonly Shape[], output: Shape): number;
  /** What `type:…` selects it by. Default: its kind. */
  selects(layer: L): string;
  /** Shapes of its weights by role. Default: it has none. */
  weights(layer: L, inputs: readonly Shape[]): WeightShapes;
  /** What becomes of it in a model of integers. Default: `float`, it stays in floats. */
  readonly integers: IntegerRule<L>;
  /** First values by role where they are not those of every kind (see `initialModel`). */
  readonly initial: { readonly [R in Role]?: InitialValues };
  /** Products in one output value, of its kernel's shape. Default: all axes but the last. */
  fanIn(layer: L, kernel: Shape): number;
  /** The mean per channel of what it gives, and deviations of normal values. Default: not known without data. */
  expected(layer: L, of: ExpectedInputs): Expected | undefined;
  /**
   * It treats each channel alone, and scaling a channel by s > 0 scales its output by s: pooling, padding, dropout.
   * Scales may then be moved from the layer before it to the layer behind it (cross-layer equalization). Its attribute
   * `activation` is not meant, for that is asked apart: an activation layer says true. Default: false.
   */
  readonly homogeneous: boolean;
  /**
   * It gives nothing below 0 where it reads nothing below 0: sums, means, zeros at a border, values in other places. Its
   * attribute `activation` is not meant, for that is asked apart. Default: false, which is that nothing is known.
   */
  readonly nonNegative: boolean;
  /** Its arithmetic can do the batch normalisation behind it (`LayerRun.norm`). Default: false. */
  readonly fusesNorm: boolean;
  /** Draws a value around what it reads first, with the log-variance that it reads second. Default: false. */
  readonly samples: boolean;
  /** Reads numbers of rows: so many there are. Default: it reads values. */
  vocabulary(layer: L): number | undefined;
}

/** A kind as it is written: what must be said, and what differs from the defaults. */
interface LayerLiteral<
  K extends string,
  Attributes extends TObject,
  Kernel extends KernelForm | undefined,
  L extends AnyLayer,
> extends Partial<KindAnswers<L>> {
  readonly kind: K;
  /** Attributes in the order in which files list them; the schema gives their type and their validation. */
  readonly attributes: Attributes;
  /** The shape it gives, without the batch. Throws a RangeError that names the layer where the inputs do not fit. */
  shape(layer: L, inputs: readonly Shape[]): Shape;
  /** Its value, batch first. */
  run(layer: L, run: LayerRun): Tensor;
  /** The form of its kernel, if it has one. */
  readonly kernel?: Kernel;
  /** How it couples channels. Default: each index of its last axis carries the channel of its one input. */
  readonly channels?: ChannelRules<L>;
}

/** A kind with every answer. */
export interface LayerDefinition<
  L extends AnyLayer = AnyLayer,
  Kernel extends KernelForm | undefined = KernelForm | undefined,
> extends KindAnswers<L> {
  readonly kind: L["kind"];
  readonly attributes: TObject;
  shape(layer: L, inputs: readonly Shape[]): Shape;
  run(layer: L, run: LayerRun): Tensor;
  readonly kernel: Kernel;
  readonly channels: ChannelRule<L>;
}

/** Defines a layer kind; what the literal leaves out has its default. */
export function defineLayer<
  const K extends string,
  Attributes extends TObject,
  const Kernel extends KernelForm | undefined = undefined,
>(
  literal: LayerLiteral<K, Attributes, Kernel, NoInfer<LayerWith<K, Attributes>>>,
): LayerDefinition<LayerWith<K, Attributes>, Kernel> {
  const { channels = {}, ...rest } = literal;
  const definition: LayerDefinition<AnyLayer> = {
    macs: () => 0,
    selects: () => literal.kind,
    weights: () => ({}),
    integers: { values: "float" },
    initial: {},
    fanIn: (_layer, kernel) => sizeOf(kernel.slice(0, -1)),
    expected: () => undefined,
    homogeneous: false,
    nonNegative: false,
    fusesNorm: false,
    samples: false,
    vocabulary: () => undefined,
    kernel: undefined,
    ...rest as unknown as LayerLiteral<string, TObject, KernelForm | undefined, AnyLayer>,
    channels: channelRule(channels as unknown as ChannelRules<AnyLayer>),
  };
  return definition as LayerDefinition<LayerWith<K, Attributes>, Kernel>;
}
