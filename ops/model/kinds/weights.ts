/** The weights of layers: their roles, and the forms of kernels: which axes are input and output channels. */
import { type Shape, sizeOf } from "../../../engine/shape.ts";

/** Roles of weights. */
export const ROLES = ["kernel", "bias", "gamma", "beta", "mean", "variance"] as const;

/** One of them. */
export type Role = (typeof ROLES)[number];

/** A layer as far as it says whose weights it has. */
export type Weighted = {
  readonly name: string;
  /** The layer whose weights it has, in place of its own: one layer that is applied several times. */
  readonly tied?: string;
};

/** The layer whose weights a layer has: another that it is tied to, or itself. */
export function ownerOf({ name, tied }: Weighted): string {
  return tied ?? name;
}

/** The name of a layer's weight, which of a tied layer is another's; of a name, that layer's own. */
export function weightName(layer: string | Weighted, role: Role): string {
  return `${typeof layer === "string" ? layer : ownerOf(layer)}/${role}`;
}

/** Weight shapes by role, in the order in which a layer's weights are listed. */
export type WeightShapes = Readonly<Partial<Record<Role, Shape>>>;

/** A kernel, and a bias over its `outputs` where there is one. */
export function withBias(kernel: Shape, bias: boolean, outputs: number): WeightShapes {
  return bias ? { kernel, bias: [outputs] } : { kernel };
}

/** The form of a layer's kernel. */
export interface KernelForm {
  /**
   * Its axes. `IO`: inputs, outputs; `HWIO`, `DHWIO`: a window over them; `HWCM`: a window over channels with multipliers,
   * each channel by itself; `rows`: a table whose rows are looked up or added.
   */
  readonly layout: "IO" | "HWIO" | "DHWIO" | "HWCM" | "rows";
  /** Whether its products can be computed in integers; elsewhere it is stored smaller at most. */
  readonly multiplies: "integers" | "floats";
  /** One scale serves the whole kernel: nothing behind the layer can take up one for each output. */
  readonly oneScale?: true;
}

/** Output channels of a kernel: its last axis, of HWCM the last two together. They run fastest. */
export function outputAxes({ layout }: KernelForm, shape: Shape): Shape {
  return shape.slice(layout === "HWCM" ? -2 : -1);
}

/** How many output channels a kernel of this shape has. */
export function outputsOf(form: KernelForm, shape: Shape): number {
  return sizeOf(outputAxes(form, shape));
}

/** For a value's position in a kernel of this shape its input channel, of a table the row. */
export function inputChannel(shape: Shape): (at: number) => number {
  const [inputs, outputs] = shape.slice(-2) as [number, number];
  return (at) => Math.floor(at / outputs) % inputs;
}

/** The axis along which each output channel, of HWCM each channel with its multipliers, has its own scale. */
export function scaleAxis({ layout, oneScale }: KernelForm): number | null {
  if (oneScale) return null;
  return { IO: 1, HWIO: 3, DHWIO: 4, HWCM: 2, rows: 1 }[layout];
}

/** Whether every output sums over the inputs: kernels […, inputs, outputs]. */
export function sumsInputs({ layout }: KernelForm): boolean {
  return layout === "IO" || layout === "HWIO" || layout === "DHWIO";
}
