/** Fisher's iris: 150 flowers, 4 measures, 3 species. For a first look, too small for claims. */
import type { Loaded } from "./samples.ts";

/** Measures of one flower. */
export const IRIS_SHAPE: readonly number[] = [4];

/** Class names, in the order of the table. */
export const IRIS_CLASSES = ["setosa", "versicolor", "virginica"];

/** The flowers, sorted by species; centimetres. */
export async function loadIris(): Promise<Loaded> {
  const iris = await import("../../engine/deps/iris.ts");
  const table = await iris.loadIris();
  const x = Float32Array.from(table.getNumbers().flat());
  const y = Int32Array.from(table.getClasses(), (name) => IRIS_CLASSES.indexOf(name));
  return { train: { count: y.length, input: IRIS_SHAPE, x, y }, classes: IRIS_CLASSES };
}
