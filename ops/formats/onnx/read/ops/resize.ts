/** Readers of `Resize` and `Upsample`: pixels repeated, or a layer for each axis whose matrix says what each new pixel is. */
import type { NodeReading } from "../node_reading.ts";
import { type LayerView, over, ownOrder, transposedTo, withLast } from "../layer_view.ts";
import type { GraphValue } from "../values.ts";
import { imageOf, seenAs } from "./images.ts";

/** Pixels of a side beyond which a file is damaged, or means harm. */
const MOST_PIXELS = 1 << 14;

/** The operator. */
export function resize(reading: NodeReading): GraphValue {
  const view = reading.view(0);
  const old = reading.op === "Upsample";
  const scales = reading.constant(old ? 1 : 2);
  const sizes = old ? undefined : reading.constant(3);
  const bySize = sizes !== undefined && sizes.values.length > 0;
  const factors = bySize
    ? [...sizes.values].map((size, axis) => size / view.dims[axis]!)
    : [...scales?.values ?? reading.floats("scales") ?? []];
  const [batch = 0, channels = 0, rows = 0, columns = 0] = factors;
  if (view.dims.length !== 4 || batch !== 1 || channels !== 1) {
    throw reading.wrong("it resizes something else than images");
  }
  const image = imageOf(reading, view);
  const mode = reading.text("mode", "nearest");
  const centres = reading.text("coordinate_transformation_mode", "half_pixel");
  const extents = [rows, columns].map((factor, axis) =>
    bySize ? Math.round(image.shape[axis]! * factor) : Math.floor(image.shape[axis]! * factor)
  ) as [number, number];
  if (!extents.every((extent) => extent >= 1)) throw reading.wrong("it leaves no pixel");
  if (extents.some((extent) => extent > MOST_PIXELS)) {
    throw reading.wrong(`it makes images of ${extents.join("×")} pixels`);
  }
  const repeats = [rows, columns].every((factor, axis) => {
    const wanted = { from: image.shape[axis]!, to: extents[axis]!, factor, mode, centres };
    return Number.isInteger(factor) &&
      Array.from({ length: wanted.to }, (_, i) => i).every((i) =>
        Math.min(wanted.from - 1, nearest(reading, placeOf(reading, wanted, i))) ===
          Math.floor(i / factor)
      );
  });
  if (mode === "nearest" && (old || repeats)) {
    const layer = reading.add("", { kind: "upsample", size: [rows, columns] }, [image.layer]);
    return seenAs(reading, layer, view);
  }
  const halves = centres === "half_pixel" || centres === "pytorch_half_pixel";
  if (mode === "linear" && halves && rows >= 1 && columns >= 1) {
    const layer = reading.add("", { kind: "resize", size: extents, by: "bilinear" }, [image.layer]);
    return seenAs(reading, layer, view);
  }
  const seen = seenAs(reading, image.layer, view);
  return [rows, columns].reduce((value, factor, axis) => {
    const [from, to] = [image.shape[axis]!, extents[axis]!];
    if (from === to && factor === 1) return value;
    return alongAxis(reading, value, 2 + axis, { from, to, factor, mode, centres });
  }, seen);
}

/** How an axis is resized. */
interface Resized {
  readonly from: number;
  readonly to: number;
  readonly factor: number;
  readonly mode: string;
  readonly centres: string;
}

/** An axis times a matrix [from, to]. */
function alongAxis(
  reading: NodeReading,
  view: LayerView,
  axis: number,
  wanted: Resized,
): LayerView {
  const { from, to } = wanted;
  const { draft } = reading;
  const last = transposedTo(draft, view, withLast(view, axis));
  const layer = reading.add(
    axis === 2 ? "rows" : "columns",
    { kind: "dense", units: to, bias: false, activation: "linear" },
    [last.layer],
    { kernel: { shape: [from, to], values: shares(reading, wanted) } },
  );
  const dims = view.dims.map((each, at) => at === axis ? to : each);
  return transposedTo(draft, { ...over(last, layer), dims }, ownOrder(view));
}

/** For each pixel there is what share it has of each new one. */
function shares(reading: NodeReading, wanted: Resized): Float32Array {
  const { from, to, mode } = wanted;
  const matrix = new Float32Array(from * to);
  const within = (place: number) => Math.min(from - 1, Math.max(0, place));
  for (let i = 0; i < to; i++) {
    const place = placeOf(reading, wanted, i);
    const low = Math.floor(place);
    const put = (at: number, share: number) => matrix[within(at) * to + i]! += share;
    if (mode === "nearest") put(nearest(reading, place), 1);
    else if (mode === "linear") {
      const share = within(place) - Math.floor(within(place));
      put(Math.floor(within(place)), 1 - share);
      put(Math.floor(within(place)) + 1, share);
    } else if (mode === "cubic" && reading.int("exclude_outside", 0) === 0) {
      const a = reading.float("cubic_coeff_a", -0.75);
      for (let at = low - 1; at <= low + 2; at++) put(at, cubic(Math.abs(place - at), a));
    } else throw reading.wrong(`its mode is ${mode}; nearest, linear and cubic can be read`);
  }
  return matrix;
}

/** Where the middle of a new pixel lies among those there are. */
function placeOf(
  reading: NodeReading,
  { from, to, factor, centres }: Resized,
  i: number,
): number {
  switch (centres) {
    case "half_pixel":
      return (i + 0.5) / factor - 0.5;
    case "pytorch_half_pixel":
      return to > 1 ? (i + 0.5) / factor - 0.5 : 0;
    case "align_corners":
      return to > 1 ? i * (from - 1) / (to - 1) : 0;
    case "asymmetric":
      return i / factor;
    default:
      throw reading.wrong(
        `its pixels lie by ${centres}; half_pixel, align_corners and asymmetric can be read`,
      );
  }
}

function nearest(reading: NodeReading, place: number): number {
  switch (reading.text("nearest_mode", "round_prefer_floor")) {
    case "round_prefer_floor":
      return Math.ceil(place - 0.5);
    case "round_prefer_ceil":
      return Math.floor(place + 0.5);
    case "ceil":
      return Math.ceil(place);
    default:
      return Math.floor(place);
  }
}

/** Keys's kernel (1981), of a distance. */
function cubic(x: number, a: number): number {
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}
