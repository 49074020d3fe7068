/** tfjs's rarer functions of each element, one number at a time in double precision by our scalar functions. */
import type { TensorInfo } from "../../deps/tfjs_core.ts";
import type { Machine, Override, Overrides } from "../machine.ts";
import { acos, asin, atan, atan2, cos, sin, tan } from "../scalar_functions.ts";
import { acosh, asinh, atanh, cosh, expm1, sinh } from "../scalar_functions.ts";
import { pow } from "../scalar_math.ts";
import { broadcast, type Loop } from "./broadcast.ts";
import { view } from "./view.ts";

const ofOne = {
  Sin: sin,
  Cos: cos,
  Tan: tan,
  Asin: asin,
  Acos: acos,
  Atan: atan,
  Sinh: sinh,
  Cosh: cosh,
  Asinh: asinh,
  Acosh: acosh,
  Atanh: atanh,
  // Klambauer et al. 2017, "Self-normalizing neural networks", with the constants of tfjs.
  Selu: (x: number) => 1.0507009873554804934 * (x >= 0 ? x : 1.6732632423543772848 * expm1(x)),
};

const ofTwo = { Pow: power, Atan2: atan2 };

/** See the file's header. */
export const scalarOverrides = (machine: Machine): Overrides => {
  const { outputInfo } = machine;

  const one = ([name, f]: [string, (x: number) => number]): [string, Override] => [
    name,
    ({ inputs }) => {
      const x: TensorInfo = inputs.x;
      const y = outputInfo(x.shape);
      const from = view(machine, x);
      const to = view(machine, y);
      from.forEach((value, i) => {
        to[i] = f(value);
      });
      return y;
    },
  ];

  const two = ([name, f]: [string, (a: number, b: number) => number]): [string, Override] => [
    name,
    ({ inputs }) => {
      const { a, b }: { a: TensorInfo; b: TensorInfo } = inputs;
      const { shape, loops } = broadcast(a.shape, b.shape);
      const whole = a.dtype === "int32" && b.dtype === "int32";
      const y = outputInfo(shape, whole ? "int32" : "float32");
      const [from, other, to] = [view(machine, a), view(machine, b), view(machine, y)];
      let next = 0;
      eachPlace(loops, (i, j) => {
        to[next++] = f(from[i]!, other[j]!);
      });
      return y;
    },
  ];

  return Object.fromEntries([...Object.entries(ofOne).map(one), ...Object.entries(ofTwo).map(two)]);
};

/** Calls `visit` with the operands' places for every element of the output, in its order. */
function eachPlace(loops: readonly Loop[], visit: (a: number, b: number) => void): void {
  const walk = (depth: number, a: number, b: number): void => {
    const loop = loops[depth];
    if (!loop) return visit(a, b);
    for (let i = 0; i < loop.n; i++) walk(depth - 1, a + i * loop.a, b + i * loop.b);
  };
  walk(loops.length - 1, 0, 0);
}

/** `pow` for negative bases too, real where the exponent is whole; exact where the result is a whole number. */
function power(base: number, exponent: number): number {
  if (Number.isInteger(base) && Number.isInteger(exponent) && exponent >= 0) {
    const size = Math.round(pow(Math.abs(base), exponent));
    return base < 0 && exponent % 2 !== 0 ? -size : size;
  }
  if (base > 0 || exponent === 0) return pow(base, exponent);
  if (Math.abs(exponent) === Infinity) return pow(Math.abs(base), exponent);
  if (!Number.isInteger(exponent)) return base === 0 ? pow(0, exponent) : NaN;
  const size = pow(Math.abs(base), exponent);
  return exponent % 2 === 0 || (base === 0 && !Object.is(base, -0)) ? size : -size;
}
