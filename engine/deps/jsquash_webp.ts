/**
 * libwebp's decoder as WebAssembly, out of Squoosh by @jsquash: WebP files, with loss and without. The version fixes the
 * pixels: the same instructions run everywhere. 140 kB, behind a computed specifier and loaded with the first such file.
 */
const specifier = "npm:@jsquash/webp@1.5.0";

/** Pixels of a picture, four numbers each. */
export interface DecodedWebp {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** Decodes a file; one that cannot be decoded is an Error. */
type DecodeWebp = (bytes: ArrayBuffer) => Promise<DecodedWebp>;

let loading: Promise<DecodeWebp> | undefined;

/** Loads the decoder, once. */
export function loadWebp(): Promise<DecodeWebp> {
  return loading ??= load();
}

async function load(): Promise<DecodeWebp> {
  const decode = `${specifier}/decode.js`;
  const binary = `${specifier}/codec/dec/webp_dec.wasm`;
  const [decoder, module]: [
    { init(module: WebAssembly.Module): Promise<void>; default: DecodeWebp },
    WebAssembly.Module,
  ] = await Promise.all([
    import(decode),
    // @ts-expect-error -- TypeScript does not know the source phase of imports yet
    import.source(binary),
  ]);
  await decoder.init(module);
  return decoder.default;
}
