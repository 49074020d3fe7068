/**
 * Self-attention (Vaswani et al. 2017, § 3.2) on rows [batch, tokens, 3 · width] that hold query, key and value side
 * by side, each `heads` × `depth` wide. Units: heads of sequences; each reads its parts where they lie and packs them
 * into this thread's scratch memory: a zero word, panels, and for gradients a matrix [tokens, tokens].
 */
import { packPanels, packPanelsTransposed } from "./products/panel";
import { gatherProduct } from "./products/product";
import { scratch } from "./scratch";
import { softmax, softmaxGradient } from "./normalization/softmax";
import { transpose } from "./transpose";

/** Bytes before the panels: the offset 0 of the only segment of a plain row. */
const HEAD: usize = 64;

/** out [rows, n] = a [rows, k] · b, b packed in the scratch memory; strides in floats. */
function times(
  a: usize,
  aStride: i32,
  rows: i32,
  k: i32,
  n: i32,
  out: usize,
  outStride: i32,
): void {
  const base = scratch();
  store<i32>(base, 0);
  gatherProduct(
    a,
    0,
    0,
    aStride << 2,
    rows,
    1,
    rows,
    base,
    1,
    k,
    base + HEAD,
    n,
    out,
    0,
    0,
    outStride << 2,
    0,
    0,
    0,
    0,
    (rows + 3) >> 2,
  );
}

/** Packs b [k, n], rows `stride` floats apart. */
function pack(b: usize, k: i32, n: i32, stride: i32): void {
  packPanels(scratch() + HEAD, k << 5, b, k, n, stride, 0, (n + 7) >> 3);
}

/** Packs the transpose of b [n, k]. */
function packTransposed(b: usize, k: i32, n: i32, stride: i32): void {
  packPanelsTransposed(scratch() + HEAD, k << 5, b, k, n, stride, 0, (n + 7) >> 3);
}

/** Adds a row [n] to each row of a matrix [rows, n]. */
function addToRows(matrix: usize, row: usize, rows: i32, n: i32): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < n; j++) {
      const at = matrix + (<usize> (i * n + j) << 2);
      store<f32>(at, load<f32>(at) + load<f32>(row + (<usize> j << 2)));
    }
  }
}

/**
 * y = softmax((q kᵀ + padding) / √depth) v; `weights` keeps the softmax, [batch · heads, tokens, tokens]. `padding`
 * [batch, tokens] is added to what every token is to a key; 0: nothing is.
 */
export function attention(
  qkv: usize,
  padding: usize,
  weights: usize,
  y: usize,
  tokens: i32,
  heads: i32,
  depth: i32,
  begin: i32,
  end: i32,
): void {
  const width = heads * depth;
  const temperature = sqrt(<f32> depth);
  for (let unit = begin; unit < end; unit++) {
    const sequence = unit / heads;
    const column = (unit % heads) * depth;
    const q = qkv + (<usize> (sequence * tokens * 3 * width + column) << 2);
    const k = q + (<usize> width << 2);
    const v = k + (<usize> width << 2);
    const p = weights + (<usize> (unit * tokens * tokens) << 2);
    packTransposed(k, depth, tokens, 3 * width);
    times(q, 3 * width, tokens, depth, tokens, p, tokens);
    if (padding) addToRows(p, padding + (<usize> (sequence * tokens) << 2), tokens, tokens);
    softmax(p, p, tokens, temperature, 0, tokens);
    pack(v, tokens, depth, 3 * width);
    const out = y + (<usize> (sequence * tokens * width + column) << 2);
    times(p, tokens, tokens, tokens, depth, out, width);
  }
}

/** dqkv of `attention`; `slopes` has room for as many floats as `weights`. */
export function attentionGradient(
  qkv: usize,
  weights: usize,
  dy: usize,
  slopes: usize,
  dqkv: usize,
  tokens: i32,
  heads: i32,
  depth: i32,
  begin: i32,
  end: i32,
): void {
  const width = heads * depth;
  const temperature = sqrt(<f32> depth);
  const wide = <usize> width << 2;
  const turned = scratch() + HEAD + panelBytes(tokens, depth);
  const blocks = (tokens + 3) >> 2;
  for (let unit = begin; unit < end; unit++) {
    const sequence = unit / heads;
    const column = (unit % heads) * depth;
    const at = <usize> (sequence * tokens * 3 * width + column) << 2;
    const from = dy + (<usize> (sequence * tokens * width + column) << 2);
    const square = <usize> (unit * tokens * tokens) << 2;
    const p = weights + square;
    const s = slopes + square;
    // dv = pᵀ dy
    pack(from, tokens, depth, width);
    transpose(turned, p, tokens, tokens, 0, blocks);
    times(turned, tokens, tokens, tokens, depth, dqkv + at + 2 * wide, 3 * width);
    // ds = p (dp − Σ dp p) / √depth, dp = dy vᵀ
    packTransposed(qkv + at + 2 * wide, depth, tokens, 3 * width);
    times(from, width, tokens, depth, tokens, s, tokens);
    softmaxGradient(p, s, s, tokens, temperature, 0, tokens);
    // dq = ds k, dk = dsᵀ q
    pack(qkv + at + wide, tokens, depth, 3 * width);
    times(s, tokens, tokens, tokens, depth, dqkv + at, 3 * width);
    pack(qkv + at, tokens, depth, 3 * width);
    transpose(turned, s, tokens, tokens, 0, blocks);
    times(turned, tokens, tokens, tokens, depth, dqkv + at + wide, 3 * width);
  }
}

/** Room for the larger of the two packed operands. */
function panelBytes(tokens: i32, depth: i32): usize {
  const wide = max(((depth + 7) & ~7) * tokens, ((tokens + 7) & ~7) * depth);
  return (<usize> wide << 2) + 63 & ~63;
}
