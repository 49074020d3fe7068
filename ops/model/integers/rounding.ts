/** The three roundings that quantization specifications use. They differ only where a value lies half-way. */

/** To the nearest integer, half-way to the even one (IEEE 754; ONNX QuantizeLinear, tf.round). */
export function halfEven(value: number): number {
  const up = Math.round(value);
  return up - value === 0.5 && up % 2 !== 0 ? up - 1 : up;
}

/** To the nearest integer, half-way away from zero (C's `round`; TFLite). */
export function halfAway(value: number): number {
  return value < 0 ? -Math.round(-value) : Math.round(value);
}

/** To the nearest integer, half-way up (⌊value + ½⌋; TensorFlow's fake quantization). */
export const halfUp: (value: number) => number = Math.round;
