/** WebAssembly that a package wants as bytes, given as the module that Deno imports: reading bytes needs a permission. */

/**
 * A buffer that stands for a compiled module where a package's own code would read a file of the npm cache and instantiate
 * it. The first instantiation of this buffer is that of the module; any other is as before, and after the first the
 * function is what it was. `started` is called with it.
 */
export function instantiatedFrom(
  module: WebAssembly.Module,
  started: () => void = () => {},
): ArrayBuffer {
  const buffer = new ArrayBuffer(0);
  const { instantiate } = WebAssembly;
  const first = async (source: BufferSource, imports: WebAssembly.Imports) => {
    const bytes = ArrayBuffer.isView(source) ? source.buffer : source;
    if (bytes !== buffer) return await instantiate(source, imports);
    if (WebAssembly.instantiate === first) WebAssembly.instantiate = instantiate;
    started();
    return { module, instance: await instantiate(module, imports) };
  };
  WebAssembly.instantiate = first as typeof instantiate;
  return buffer;
}
