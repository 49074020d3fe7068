/** eˣ for x ≤ 0, of operations that IEEE 754 fixes: what it decides is the same on every machine. */

const LN2_HIGH = 0.693147180369123816490; // 33 bits: k × LN2_HIGH is exact
const LN2_LOW = 1.90821492927058770002e-10;

/** Terms of the series for |x| ≤ ½ ln 2: the next one is below 2⁻⁵⁵. */
const TERMS = 14;

/** eˣ, x ≤ 0, within a few units in the last place; 0 below −700. */
export function exponential(x: number): number {
  if (!(x > -700)) return 0;
  const twos = Math.round(x / LN2_HIGH);
  const rest = x - twos * LN2_HIGH - twos * LN2_LOW;
  let sum = 1;
  for (let term = TERMS; term >= 1; term--) sum = 1 + sum * rest / term;
  for (let halved = twos; halved < 0; halved++) sum /= 2;
  return sum;
}
