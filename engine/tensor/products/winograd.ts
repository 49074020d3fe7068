/** When and how a 3 × 3 convolution goes by Winograd's F(4×4, 3×3): a quarter of the multiplications. */
import type { BackwardOperands, FilterOperands, ForwardOperands, Geometry } from "./geometry.ts";
import { framed, type Image, type ImageFrame } from "./frame.ts";
import type { Machine } from "../machine.ts";
import { biased, type Epilogue } from "./matrix.ts";

/** Bytes of the transformed planes of one block of tiles: they stay in the second cache. */
const PLANES = 327680;
/** The same for the filter's gradient, where a block is also the length of a chain. */
const CHAIN_PLANES = 655360;
/** The most parts into which the sum over tiles is cut, for threads: part of what the bits are. */
const CHUNKS = 4;

/** Whether the shape of one image and the filter, and nothing else, suit it. */
export function suitsWinograd(g: Geometry, n: number): boolean {
  const plain = g.kernelHeight === 3 && g.kernelWidth === 3 && g.strideY === 1 &&
    g.strideX === 1 && g.dilationY === 1 && g.dilationX === 1;
  if (!plain || g.channels % 4 !== 0 || n % 4 !== 0) return false;
  const tiles = Math.ceil(g.outHeight / 4) * Math.ceil(g.outWidth / 4);
  // 36 multiplications a tile are worth the transforms if they are less than three fifths of 9 a pixel.
  return g.channels >= 8 && n >= 8 && (g.channels + n) / 4 <= 1024 &&
    5 * 36 * tiles < 3 * 9 * g.outHeight * g.outWidth;
}

interface Tiles {
  readonly images: number;
  readonly channels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly y: number;
  readonly x: number;
}

const tilesOf = (images: number, channels: number, height: number, width: number): Tiles => ({
  images,
  channels,
  outHeight: height,
  outWidth: width,
  y: Math.ceil(height / 4),
  x: Math.ceil(width / 4),
});

const blockOf = (bytes: number, channels: number): number =>
  Math.max(4, Math.floor(bytes / (36 * 4 * channels) / 4) * 4);

/** The filter as the transform reads it: address and bytes from tap to tap, input to input, output to output. */
interface Filter {
  readonly at: number;
  readonly strides: readonly [number, number, number, number];
}

/** What is convolved, and where it goes. */
interface TileProduct {
  readonly image: Image;
  readonly filter: Filter;
  readonly out: number;
  readonly epilogue: Epilogue;
}

function convolveTiles(machine: Machine, tiles: Tiles, n: number, product: TileProduct): void {
  const { image, filter, out, epilogue } = product;
  const c = tiles.channels;
  const { panel } = machine.blocking;
  const panels = Math.ceil(n / panel);
  const line = image.width * c * 4;
  const block = blockOf(PLANES, c + n);
  machine.scratch(36 * panels * panel * c * 4, (u) => {
    machine.launch("winogradFilter", n / 4, filter.at, ...filter.strides, c, n, u);
    machine.launch(
      "winograd",
      Math.ceil(tiles.images * tiles.y * tiles.x / block),
      ...[image.at, tiles.images, image.height * line, line, c, tiles.y, tiles.x, u, n],
      ...[out, tiles.outHeight * tiles.outWidth * n * 4, tiles.outWidth * n * 4],
      ...[tiles.outHeight, tiles.outWidth, epilogue.table, epilogue.code, block],
    );
  });
}

const frameOf = (tiles: Tiles, top: number, left: number): ImageFrame => ({
  top,
  left,
  height: 4 * tiles.y + 2,
  width: 4 * tiles.x + 2,
});

/** out = epilogue(x ∗ w). */
export function winograd(machine: Machine, g: Geometry, n: number, at: ForwardOperands): void {
  const tiles = tilesOf(g.images, g.channels, g.outHeight, g.outWidth);
  const step = g.channels * n * 4;
  const filter = { at: at.w, strides: [3 * step, step, n * 4, 4] } as const;
  const { out, epilogue } = at;
  framed(
    machine,
    { ...g, at: at.x },
    frameOf(tiles, g.top, g.left),
    (image) => convolveTiles(machine, tiles, n, { image, filter, out, epilogue }),
  );
}

/** dx of dy: a convolution with the turned filter whose sides are swapped. */
export function winogradBack(
  machine: Machine,
  g: Geometry,
  n: number,
  at: BackwardOperands,
): void {
  const tiles = tilesOf(g.images, n, g.height, g.width);
  const step = g.channels * n * 4;
  const filter = { at: at.w + 8 * step, strides: [-3 * step, -step, 4, n * 4] } as const;
  const dy = { at: at.dy, images: g.images, height: g.outHeight, width: g.outWidth, channels: n };
  const epilogue = biased(0, "linear");
  framed(
    machine,
    dy,
    frameOf(tiles, 2 - g.top, 2 - g.left),
    (image) => convolveTiles(machine, tiles, g.channels, { image, filter, out: at.dx, epilogue }),
  );
}

/** dw of x and dy. */
export function winogradFilter(
  machine: Machine,
  g: Geometry,
  n: number,
  at: FilterOperands,
): void {
  const tiles = tilesOf(g.images, g.channels, g.outHeight, g.outWidth);
  const c = g.channels;
  const block = blockOf(CHAIN_PLANES, c + n);
  const blocks = Math.ceil(g.images * tiles.y * tiles.x / block);
  const chunk = Math.ceil(blocks / CHUNKS);
  const chunks = Math.ceil(blocks / chunk);
  framed(
    machine,
    { ...g, at: at.x },
    frameOf(tiles, g.top, g.left),
    (image) =>
      machine.scratch(chunks * 36 * c * n * 4, (du) => {
        const line = image.width * c * 4;
        machine.launch(
          "winogradFilterGradient",
          chunks,
          ...[image.at, g.images, image.height * line, line, c, tiles.y, tiles.x],
          ...[at.dy, n, g.outHeight, g.outWidth, block, chunk, du],
        );
        machine.launch("winogradFold", c, du, chunks, c, n, at.dw);
      }),
  );
}
