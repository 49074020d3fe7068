/**
 * Reads a packed model of Decant in a page: `model.packed`, exported with `browser: true`. No dependencies.
 *
 *     const { weights } = await unpack(await (await fetch("model.packed")).arrayBuffer());
 *     const topology = await (await fetch("model.json")).json();
 *     const net = await tf.loadLayersModel(tf.io.fromMemory(artifacts(topology, weights)));
 *
 * `model.json` is that of `export: { use: tfjs, storage: float32 }` of the same model; its weights.bin is not needed.
 */

/**
 * The header of a packed file, and its weights by `layer/role`: `{ shape, kind, values }`, row-major float32, what the
 * model computes with, to the bit. Throws an Error, with a sentence, for bytes that are no such file.
 */
export async function unpack(file) {
  const bytes = new Uint8Array(file);
  const view = new DataView(bytes.buffer);
  if (bytes.length < 21 || view.getUint32(0) !== 0x4443504b || bytes[4] !== 1) {
    throw new Error("This is no packed model of version 1");
  }
  // Pages of http have no digests.
  const digest = await globalThis.crypto?.subtle?.digest("SHA-256", bytes.slice(0, -8));
  if (digest && new Uint8Array(digest, 0, 8).some((b, i) => b !== bytes.at(i - 8))) {
    throw new Error("The packed model is damaged: get the file again");
  }
  const weightsAt = 13 + view.getUint32(9, true);
  const header = await inflated(bytes.subarray(13, weightsAt));
  if (!header.weights) throw new Error("The packed model was not exported with browser: true");
  const bits = reader(bytes.subarray(weightsAt, -8));
  /** @type {Record<string, { shape: number[], kind: string, values: Float32Array }>} */
  const weights = {};
  for (const [name, kind, shape] of header.weights) {
    weights[name] = { shape, kind, values: weight(bits, shape) };
  }
  return { header, weights };
}

/** What `tf.io.fromMemory` takes: a model.json of tfjs with these weights. Throws an Error for one that they do not fit. */
export function artifacts({ modelTopology, weightsManifest }, weights) {
  const roles = { "moving_mean": "mean", "moving_variance": "variance", embeddings: "kernel" };
  const weightSpecs = weightsManifest.flatMap((group) => group.weights);
  const parts = weightSpecs.map(({ name, shape, dtype, quantization }) => {
    const [, layer, role] = /^(.*)\/(?:depthwise_)?(.*)$/.exec(name);
    const found = weights[`${layer}/${roles[role] ?? role}`];
    const plain = found && /^(conv|depthwise|dense|batchnorm|embedding)$/.test(found.kind);
    if (!plain || `${found.shape}` !== `${shape}` || dtype !== "float32" || quantization) {
      throw new Error(`The packed model has no weight ${name} of float32 [${shape}]`);
    }
    return found.values;
  });
  const weightData = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    weightData.set(part, at);
    at += part.length;
  }
  return { modelTopology, weightSpecs, weightData: weightData.buffer };
}

async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(await new Response(stream).text());
}

/** Bits one after another, the highest of each byte first. */
function reader(bytes) {
  let at = 0;
  const read = (width) => {
    if (at + width > bytes.length * 8) throw new Error("The packed model ends too early");
    let value = 0;
    for (; width > 0; width--, at++) value = value * 2 + ((bytes[at >> 3] >> (7 - (at & 7))) & 1);
    return value;
  };
  const floats = (count) =>
    new Float32Array(Uint32Array.from({ length: count }, () => read(32)).buffer);
  return { read, floats };
}

/** One array: its encoding, then its numbers, those that are 0 left out or not. */
function weight(bits, shape) {
  const { read, floats } = bits;
  const size = shape.reduce((product, extent) => product * extent, 1);
  const encoding = read(2);
  let real = (q) => q;
  if (encoding === 1) real = half;
  if (encoding === 2) real = affine(bits, shape);
  if (encoding === 3) {
    read(4);
    const shared = floats(read(9));
    real = (code) => shared[code];
  }
  const numbers = (count) => {
    if (count === 0) return [];
    if (encoding === 0) return floats(count);
    if (encoding === 1) return Array.from({ length: count }, () => read(16));
    return symbols(bits, count);
  };
  const layout = read(2);
  if (layout === 0) return Float32Array.from(numbers(size), real);
  const places = layout === 1 ? distances(bits) : bitmap(bits, size);
  const values = new Float32Array(size).fill(0);
  numbers(places.length).forEach((number, i) => values[places[i]] = real(number, places[i]));
  return values;
}

/** Integers less their zero point as reals: times the scale of all, or that of their index along an axis. */
function affine({ read, floats }, shape) {
  read(5);
  const axis = read(3) - 1;
  const extent = axis < 0 ? 1 : shape[axis];
  const scales = floats(extent);
  if (read(1) === 1) floats(extent);
  const inner = shape.slice(axis + 1).reduce((product, each) => product * each, 1);
  return (q, at) => scales[axis < 0 ? 0 : Math.floor(at / inner) % extent] * q;
}

/** A number of half precision. */
function half(bits) {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const value = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return bits >> 15 ? -value : value;
}

function distances(bits) {
  bits.read(4);
  const count = bits.read(32);
  let last = -1;
  return count === 0 ? [] : symbols(bits, count).map((distance) => last += distance + 1);
}

function bitmap({ read }, size) {
  const places = [];
  for (let i = 0; i < size; i++) if (read(1) === 1) places.push(i);
  return places;
}

/** Whole numbers of one width, or words of a canonical Huffman code. */
function symbols({ read }, count) {
  const huffman = read(1) === 1;
  const low = (read(16) << 16) >> 16;
  let next = () => 0;
  if (!huffman) {
    const width = read(6);
    next = () => read(width);
  } else {
    const span = read(16);
    if (span > 0) next = huffmanWords(read, span);
  }
  return Array.from({ length: count }, () => low + next());
}

/** Words by their lengths alone: shorter ones first, of equal length in the order of symbols (RFC 1951, §3.2.2). */
function huffmanWords(read, span) {
  const width = read(6);
  const lengths = Array.from({ length: span + 1 }, () => read(width));
  const sorted = [...lengths.keys()].filter((symbol) => lengths[symbol] > 0)
    .sort((a, b) => lengths[a] - lengths[b]);
  const counts = [];
  for (const symbol of sorted) counts[lengths[symbol]] = (counts[lengths[symbol]] ?? 0) + 1;
  return () => {
    let [word, first, before] = [0, 0, 0];
    for (let length = 1; length < counts.length; length++) {
      word = word * 2 + read(1);
      first *= 2;
      const count = counts[length] ?? 0;
      if (word - first < count) return sorted[before + word - first];
      first += count;
      before += count;
    }
    throw new Error("The packed model has a word of no code");
  };
}
