/** Numbers as people read them: three significant digits, decimal units, a true minus sign. */

/** A size: `67.2 kB`. */
export const bytesText = (bytes: number): string => scaled(bytes, ["B", "kB", "MB", "GB", "TB"]);

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
  return `${difference > 0 ? "+" : ""}${points.replace("-", "−")} pt`;
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

function scaled(value: number, units: readonly string[]): string {
  let unit = 0;
  let shown = value;
  // 999 600 is 1.00 M, not 1000 k.
  while (Number(shown.toPrecision(3)) >= 1000 && unit < units.length - 1) {
    shown /= 1000;
    unit++;
  }
  const number = unit === 0 && Number.isInteger(value) ? String(value) : significant(shown);
  return units[unit] === "" ? number : `${number} ${units[unit]}`;
}

function significant(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(2);
  if (size >= 999.5) return value.toFixed(0);
  return value.toPrecision(3).includes("e") ? value.toFixed(6) : value.toPrecision(3);
}
