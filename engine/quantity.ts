/** Numbers as people read them: three significant digits, decimal units, a true minus sign. */
import { bytesText, scaled, significant } from "./size.ts";

export { bytesText };

/** A count: `698 k`; below a thousand the number itself. */
export const countText = (count: number): string => scaled(count, ["", "k", "M", "G", "T"]);

/** A count in full, digits in threes: `10 000`. */
export const wholeText = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, " ");

/** A fraction: `93.9 %`. */
export const percentText = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`;

/** A difference of fractions: `−1.0 pt`. */
export function pointsText(difference: number): string {
  const points = (100 * difference).toFixed(1);
  if (Number(points) === 0) return "0.0 pt";
  return `${points.startsWith("-") ? `−${points.slice(1)}` : `+${points}`} pt`;
}

/** Milliseconds: `9.83 ms`. */
export const latencyText = (milliseconds: number): string => `${significant(milliseconds)} ms`;

/** A plain number: `0.309`. */
export const plainText = (value: number): string => significant(value).replace("-", "−");

/** Seconds: `0.4 s`, `41 s`, `3 min 02 s`, `1 h 05 min`. */
export function durationText(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(seconds < 0.095 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const pad = (part: number) => String(part).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/**
 * Half of the 95 % interval of a fraction seen in `samples` trials (Wilson's score interval, which unlike the normal
 * approximation is not zero where everything was right): z √(p(1−p)/n + z²/4n²) / (1 + z²/n).
 */
export function halfInterval(fraction: number, samples: number): number {
  const z = 1.959963984540054;
  const spread = fraction * (1 - fraction) / samples + (z * z) / (4 * samples * samples);
  return (z * Math.sqrt(spread)) / (1 + (z * z) / samples);
}

/** `width=0.25 scheme=int4`. */
export function valuesText(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values).map(([name, value]) => `${name}=${valueText(value)}`).join(" ");
}

/**
 * A value of a variable: a text as it is, steps by what they are (`prune granularity=channel ratio=0.5, quantize
 * scheme=int8`; what stands deeper is left out), anything else as JSON.
 */
export function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  const steps = Array.isArray(value) && value.length > 0 && value.every(isStep);
  return steps ? value.map(stepText).join(", ") : JSON.stringify(value);
}

const isStep = (value: unknown): value is { readonly op: string } =>
  typeof value === "object" && value !== null && "op" in value && typeof value.op === "string";

function stepText({ op, ...fields }: { readonly op: string }): string {
  const plain = Object.entries(fields).filter(([, field]) => typeof field !== "object");
  return [op, ...plain.map(([name, field]) => `${name}=${field}`)].join(" ");
}
