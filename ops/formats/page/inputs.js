/** What people give a page, as the numbers that a model reads. No dependencies. */

/** A picture's pixels [0, 255] as RGBA rows of `shape`, as samples of one or three channels up to `most`. */
export function pictureValues(rgba, [height, width, channels], most) {
  const values = new Float64Array(height * width * channels);
  for (let i = 0; i < height * width; i++) {
    const [r, g, b] = rgba.slice(4 * i, 4 * i + 3);
    // Rec. 601, as the readers of pictures weigh colours.
    const of = channels === 1 ? [0.299 * r + 0.587 * g + 0.114 * b] : [r, g, b, rgba[4 * i + 3]];
    for (let c = 0; c < channels; c++) values[i * channels + c] = of[c] * most / 255;
  }
  return values;
}

/** Where something is drawn on a plain ground: `[left, top, right, bottom]`, the last outside; undefined for nothing. */
export function boxOf(rgba, width, ground) {
  let box;
  for (let i = 0; i < rgba.length / 4; i++) {
    if (Math.abs(rgba[4 * i] - ground) < 32) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    const [left, top, right, bottom] = box ?? [x, y, x + 1, y + 1];
    box = [Math.min(left, x), Math.min(top, y), Math.max(right, x + 1), Math.max(bottom, y + 1)];
  }
  return box;
}

/** A model's raw sample as its layers see it: value · scale + offset, by the last axis. */
export function prepared(values, { scale, offset }) {
  return values.map((each, i) => each * scale[i % scale.length] + offset[i % offset.length]);
}

/**
 * The cells of a row, texts in the order of the columns, as the numbers of a sample; undefined where a cell is not what its
 * column asks for. `columns` and `missing` are those of `preprocessing.json`.
 */
export function rowValues(cells, { columns, missing }) {
  const values = [];
  for (const [place, column] of columns.entries()) {
    const cell = cells[column.of ?? place];
    const lacks = missing?.includes(cell) ?? false;
    if (column.kind === "missing") values.push(lacks ? 1 : 0);
    else if (column.kind === "number") {
      const number = lacks ? column.fill : cell === "" ? NaN : Number(cell);
      if (!Number.isFinite(number)) return undefined;
      values.push(number);
    } else values.push(...categoryValues(lacks ? column.missing : cell, column));
  }
  return values;
}

function categoryValues(text, { code, categories, unknown }) {
  const place = categories.indexOf(text);
  if (code === "integer") return [place + 1];
  const zeros = [...categories, ...unknown === "column" ? [""] : []].map(() => 0);
  const one = place < 0 && unknown === "column" ? categories.length : place;
  return zeros.map((zero, at) => at === one ? 1 : zero);
}

const WORD = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)*|[^\s\p{L}\p{M}\p{N}]/gu;

/** The tokens of a text by the rule `words` or `characters`. */
export function tokensOf(text, use) {
  return use === "characters" ? [...text] : text.toLowerCase().match(WORD) ?? [];
}

/** Tokens as a row of numbers: framed, cut at the end, padded. */
export function numbersOf(found, { tokens, length, start, end, padding, unknown }) {
  const known = new Map(tokens.map((token, number) => [token, number]));
  const room = Math.max(0, length - start.length - end.length);
  const inside = found.slice(0, room).map((token) => known.get(token) ?? unknown);
  const row = [...start, ...inside, ...end].slice(0, length);
  return Float64Array.from({ length }, (_, i) => row[i] ?? padding);
}

/** |X[k]|² of real numbers, k from 0 to half of their count, which is a power of two (Cooley and Tukey 1965). */
function powerOf(values) {
  const count = values.length;
  const [real, imaginary] = [new Float64Array(count), new Float64Array(count)];
  for (let i = 0, j = 0; i < count; i++) {
    real[j] = values[i];
    let bit = count >> 1;
    for (; bit > 0 && j & bit; bit >>= 1) j ^= bit;
    j |= bit;
  }
  for (let half = 1; half < count; half *= 2) {
    for (let k = 0; k < half; k++) {
      const [cosine, sine] = [Math.cos(Math.PI * k / half), -Math.sin(Math.PI * k / half)];
      for (let a = k; a < count; a += 2 * half) {
        const b = a + half;
        const re = real[b] * cosine - imaginary[b] * sine;
        const im = real[b] * sine + imaginary[b] * cosine;
        [real[b], imaginary[b]] = [real[a] - re, imaginary[a] - im];
        [real[a], imaginary[a]] = [real[a] + re, imaginary[a] + im];
      }
    }
  }
  return Float64Array.from({ length: count / 2 + 1 }, (_, k) => real[k] ** 2 + imaginary[k] ** 2);
}

/** The weight of each frequency of a transform in each band: triangles, even on the mel scale. */
function bandWeights({ features, rate, low, high = rate / 2 }, transform) {
  const mel = (frequency) => 1127 * Math.log(1 + frequency / 700);
  const edge = (i) => mel(low) + (mel(high) - mel(low)) * i / (features.bands + 1);
  return Array.from({ length: features.bands }, (_, b) => {
    const [left, center, right] = [edge(b), edge(b + 1), edge(b + 2)];
    return Array.from({ length: transform / 2 + 1 }, (_, k) => {
      const at = mel(k * rate / transform);
      const height = Math.min((at - left) / (center - left), (right - at) / (right - center));
      return k === 0 ? 0 : Math.max(0, height);
    });
  });
}

/** The features of sound at `audio.rate`, as the data's readers compute them: log mel bands, or their cosines. */
export function soundValues(samples, audio) {
  const { features, rate, seconds } = audio;
  const [length, size, hop] = [seconds, audio.window / 1000, audio.hop / 1000]
    .map((time) => Math.round(rate * time));
  const transform = 2 ** Math.ceil(Math.log2(size));
  const padded = Float64Array.from({ length }, (_, i) => samples[i] ?? 0);
  const bands = bandWeights(audio, transform);
  const windows = 1 + Math.floor((length - size) / hop);
  const rows = Array.from({ length: windows }, (_, row) => {
    const frame = new Float64Array(transform);
    for (let n = 0; n < size; n++) {
      frame[n] = padded[row * hop + n] * (0.5 - 0.5 * Math.cos(2 * Math.PI * n / size));
    }
    const power = powerOf(frame);
    const mel = bands.map((weights) =>
      Math.log(weights.reduce((sum, weight, k) => sum + weight * power[k], 1e-6))
    );
    if (features.use === "mel") return mel;
    const scale = Math.sqrt(2 / mel.length);
    return Array.from(
      { length: features.coefficients },
      (_, c) =>
        scale *
        mel.reduce(
          (sum, each, b) => sum + each * Math.cos(Math.PI * c * (b + 0.5) / mel.length),
          0,
        ),
    );
  });
  return Float64Array.from(rows.flat());
}
