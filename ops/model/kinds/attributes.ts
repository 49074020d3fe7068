/** Schemas of layers' attributes. */
import { type TSchema, Type } from "../../../engine/field.ts";
import type { Activation, Padding } from "../../../engine/tensor/mod.ts";

/** A schema whose values have a type that its parts do not spell. */
type TypedSchema<T> = TSchema & { static: T };

const LARGEST = 2147483647;

const activations: { readonly [A in Activation]: true } = {
  linear: true,
  relu: true,
  relu6: true,
  sigmoid: true,
  tanh: true,
  gelu: true,
  elu: true,
  "leaky-relu": true,
};

/** The slope of `leaky-relu` below 0, as the kernels compute it (`leakyRelu4` in engine/tensor/kernels/math.ts). */
export const LEAKY_SLOPE = 0.2;

/** An activation that a layer ends in. */
export const Activated = Type.Unsafe<Activation>(
  Type.Union(Object.keys(activations).map((name) => Type.Literal(name))),
) as TypedSchema<Activation>;

/** Whether there is a bias, or another choice of two. */
export const Flag = Type.Boolean();

/** A whole number of 32 bits from 0 on. */
export const Whole = Type.Integer({ minimum: 0, maximum: LARGEST });

/** An extent of a shape, or a number of channels: a whole number of 32 bits from 1 on. */
export const Extent = Type.Integer({ minimum: 1, maximum: LARGEST });

/** A finite number from 0 on. */
export const Positive = Type.Number({ minimum: 0 });

/** Height and width of a window or of its steps. */
export const Pair = Type.Tuple([Extent, Extent]);

/** Depth, height and width of a window over a volume, or of its steps. */
export const Triple = Type.Tuple([Extent, Extent, Extent]);

/** Rows and columns at the borders of an image: [[top, bottom], [left, right]]. */
export const Margins = Type.Tuple([Type.Tuple([Whole, Whole]), Type.Tuple([Whole, Whole])]);

/** `same`, `valid`. */
export const NamedPadding = Type.Union([Type.Literal("same"), Type.Literal("valid")]);

/** Those, or explicit margins. */
const AnyPadding = Type.Union([
  Type.Literal("same"),
  Type.Literal("valid"),
  Margins,
]) as TypedSchema<Padding>;

/** How a window slides. */
export const sliding = { strides: Pair, padding: AnyPadding, dilations: Pair };

/** What a layer with a kernel of its own ends in. */
export const ending = { bias: Flag, activation: Activated };
