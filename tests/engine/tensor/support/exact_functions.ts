/**
 * Transcendental functions in 256-bit fixed point, the opinion that our own are measured against: plain series on
 * BigInts, nothing shared with what they test.
 */

const BITS = 256n;
const ONE = 1n << BITS;

/** A double as fixed point, exactly (values below 2⁻²⁵⁶'s grid are cut). */
export function fixed(x: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, x);
  const raw = bits.getBigUint64(0);
  const exponent = Number((raw >> 52n) & 0x7ffn);
  let mantissa = raw & 0xfffffffffffffn;
  if (exponent > 0) mantissa |= 1n << 52n;
  const shift = BITS + BigInt(Math.max(exponent, 1) - 1075);
  const size = shift >= 0n ? mantissa << shift : mantissa >> -shift;
  return raw >> 63n ? -size : size;
}

/** How many ulp of `unit` (the spacing at the exact value) `value` lies off; `digits`: 53 or 24. */
export function ulps(value: number, exact: bigint, digits: number): number {
  const size = exact < 0n ? -exact : exact;
  const width = BigInt(size.toString(2).length);
  const smallest = digits === 53 ? BITS - 1074n : BITS - 149n;
  let spacing = width - BigInt(digits);
  if (spacing < smallest) spacing = smallest;
  const off = fixed(value) - exact;
  const scaled = spacing >= 64n ? off >> (spacing - 64n) : off << (64n - spacing);
  return Math.abs(Number(scaled)) / 2 ** 64;
}

const times = (a: bigint, b: bigint) => (a * b) >> BITS;
const over = (a: bigint, b: bigint) => (a << BITS) / b;

const exactLn2 = 2n * artanh(ONE / 3n);
const exactPi = 16n * arctanOf(5n) - 4n * arctanOf(239n); // Machin

function artanh(x: bigint): bigint {
  let total = 0n;
  const square = times(x, x);
  for (let term = x, odd = 1n; term !== 0n && term !== -1n; term = times(term, square), odd += 2n) {
    total += term / odd;
  }
  return total;
}

function arctanOf(inverse: bigint): bigint {
  let total = 0n;
  for (let term = ONE / inverse, k = 0n; term !== 0n; term /= inverse * inverse, k++) {
    total += (k % 2n ? -term : term) / (2n * k + 1n);
  }
  return total;
}

export function exactExp(x: bigint): bigint {
  let k = x / exactLn2;
  if (x < 0n) k -= 1n;
  const r = x - k * exactLn2;
  let total = ONE;
  for (let term = r, n = 2n; term !== 0n; term = times(term, r) / n, n++) total += term;
  return k >= 0n ? total << k : total >> -k;
}

export function exactLog(x: bigint): bigint {
  const k = BigInt(x.toString(2).length - 1) - BITS;
  const m = k >= 0n ? x >> k : x << -k; // bits cut for k > 0 lie below 2⁻²⁵⁶
  return k * exactLn2 + 2n * artanh(over(m - ONE, m + ONE));
}

export function exactSinPi(x: bigint): bigint {
  const turn = x % (2n * ONE);
  if (turn % ONE === 0n) return 0n;
  const r = times(turn, exactPi);
  const square = times(r, r);
  let total = 0n;
  for (let term = r, n = 1n; term !== 0n && term !== -1n; n += 2n) {
    total += term;
    term = -times(term, square) / ((n + 1n) * (n + 2n));
  }
  return total;
}

export const exactCosPi = (x: bigint): bigint => exactSinPi(x + ONE / 2n);

export const exactPow = (base: bigint, exponent: bigint): bigint =>
  exactExp(times(exponent, exactLog(base)));

/** Maclaurin's alternating series; 256 bits outlast its cancellation up to |x| = 7. */
export function exactErf(x: bigint): bigint {
  const square = times(x, x);
  let total = 0n;
  for (let term = x, n = 0n; term !== 0n && term !== -1n; n++) {
    total += term / (2n * n + 1n);
    term = -times(term, square) / (n + 1n);
  }
  return over(2n * total, squareRoot(exactPi));
}

/** x/2 (1 + erf(x / √2)) */
export function exactGelu(x: bigint): bigint {
  return times(x, ONE + exactErf(over(x, squareRoot(2n * ONE)))) / 2n;
}

function squareRoot(x: bigint): bigint {
  let root = ONE;
  for (let step = 0; step < 12; step++) root = (root + over(x, root)) / 2n;
  return root;
}
