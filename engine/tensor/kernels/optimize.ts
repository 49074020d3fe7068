/**
 * Optimizer updates, one pass over a parameter, its gradient and its slots. Where a mask (0 or 1) is given and 0, the
 * parameter and the slots become 0. Every number is computed in float32 by the formulas written here; division and
 * square root are IEEE's, additions of products are fused where the formula shows `madd`. Units: blocks of 4096 elements.
 */
import { storePart } from "./products/panel";

/** g + weightDecay · p (L2), or g. */
function decayed(g: v128, p: v128, decay: v128): v128 {
  return f32x4.relaxed_madd(decay, p, g);
}

/** v where the mask is not 0, else 0; the mask's address may be 0: none. */
function masked(v: v128, mask: usize, at: usize): v128 {
  if (!mask) return v;
  return v128.and(v, f32x4.ne(v128.load(mask + at), f32x4.splat(0)));
}

/**
 * v ← momentum·v + g; p ← p − rate·v, or with Nesterov's look-ahead p ← p − rate·(g + momentum·v), where g includes
 * weightDecay·p (Sutskever et al. 2013 in the form of common frameworks; dampening 0).
 */
export function updateMomentum(
  p: usize,
  g: usize,
  v: usize,
  mask: usize,
  n: i32,
  rate: f32,
  momentum: f32,
  weightDecay: f32,
  nesterov: i32,
  begin: i32,
  end: i32,
): void {
  const r = f32x4.splat(rate), mu = f32x4.splat(momentum), decay = f32x4.splat(weightDecay);
  const last = min(end << 12, n);
  for (let i = begin << 12; i < last; i += 4) {
    const at = <usize> i << 2;
    const left = last - i;
    let w = v128.load(p + at);
    const gradient = decayed(v128.load(g + at), w, decay);
    const velocity = f32x4.relaxed_madd(mu, v128.load(v + at), gradient);
    const direction = nesterov ? f32x4.relaxed_madd(mu, velocity, gradient) : velocity;
    w = f32x4.relaxed_nmadd(r, direction, w);
    storePart(p + at, masked(w, mask, at), left);
    storePart(v + at, masked(velocity, mask, at), left);
  }
}

/**
 * Adam (Kingma and Ba 2015, algorithm 1) and AdamW (Loshchilov and Hutter 2019): m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g²,
 * p ← p − rate · (m / c₁) / (√(v / c₂) + ε) with c = 1 − βᵗ, given. Decay: g includes weightDecay·p, or, decoupled, p is
 * first multiplied by 1 − rate·weightDecay.
 */
export function updateAdam(
  p: usize,
  g: usize,
  m: usize,
  v: usize,
  mask: usize,
  n: i32,
  rate: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  correction1: f32,
  correction2: f32,
  epsilon: f32,
  weightDecay: f32,
  keep: f32,
  begin: i32,
  end: i32,
): void {
  const b1 = f32x4.splat(beta1), a1 = f32x4.splat(rest1);
  const b2 = f32x4.splat(beta2), a2 = f32x4.splat(rest2);
  // rate · (m / c₁) / (√(v / c₂) + ε) = m · (rate / c₁) / (√v · (1 / √c₂) + ε): one division and one root per element.
  const step = f32x4.splat(rate / correction1);
  const root = f32x4.splat(<f32> 1 / sqrt<f32>(correction2));
  const e = f32x4.splat(epsilon), decay = f32x4.splat(weightDecay), kept = f32x4.splat(keep);
  const last = min(end << 12, n);
  for (let i = begin << 12; i < last; i += 4) {
    const at = <usize> i << 2;
    const left = last - i;
    let w = v128.load(p + at);
    const gradient = decayed(v128.load(g + at), w, decay);
    const first = f32x4.relaxed_madd(b1, v128.load(m + at), f32x4.mul(a1, gradient));
    const second = f32x4.relaxed_madd(
      b2,
      v128.load(v + at),
      f32x4.mul(f32x4.mul(a2, gradient), gradient),
    );
    const scale = f32x4.relaxed_madd(f32x4.sqrt(second), root, e);
    w = f32x4.relaxed_nmadd(step, f32x4.div(first, scale), f32x4.mul(w, kept));
    storePart(p + at, masked(w, mask, at), left);
    storePart(m + at, masked(first, mask, at), left);
    storePart(v + at, masked(second, mask, at), left);
  }
}

/** RMSProp (Tieleman and Hinton 2012): v ← ρv + (1−ρ)g², p ← p − rate · g / (√v + ε), g including weightDecay·p. */
export function updateRmsprop(
  p: usize,
  g: usize,
  v: usize,
  mask: usize,
  n: i32,
  rate: f32,
  rho: f32,
  rest: f32,
  epsilon: f32,
  weightDecay: f32,
  begin: i32,
  end: i32,
): void {
  const r = f32x4.splat(rate), b = f32x4.splat(rho), a = f32x4.splat(rest);
  const e = f32x4.splat(epsilon), decay = f32x4.splat(weightDecay);
  const last = min(end << 12, n);
  for (let i = begin << 12; i < last; i += 4) {
    const at = <usize> i << 2;
    const left = last - i;
    let w = v128.load(p + at);
    const gradient = decayed(v128.load(g + at), w, decay);
    const square = f32x4.relaxed_madd(
      b,
      v128.load(v + at),
      f32x4.mul(f32x4.mul(a, gradient), gradient),
    );
    const scale = f32x4.add(f32x4.sqrt(square), e);
    w = f32x4.relaxed_nmadd(r, f32x4.div(gradient, scale), w);
    storePart(p + at, masked(w, mask, at), left);
    storePart(v + at, masked(square, mask, at), left);
  }
}
