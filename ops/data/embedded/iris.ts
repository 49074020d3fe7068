/** Fisher's iris: 150 flowers, 4 measures, 3 species. For a first look, too small for claims. */
import type { Loaded } from "../samples.ts";
import { numberSet } from "./embedded_set.ts";

/** Measures of one flower. */
const SHAPE: readonly number[] = [4];

/** In the order of the table. */
const CLASSES = ["setosa", "versicolor", "virginica"];

export const iris = numberSet({
  name: "iris",
  description: "Fisher's 150 flowers, 4 measures, 3 species",
  shape: SHAPE,
  classes: CLASSES,
  load: loadIris,
});

/** The flowers, sorted by species; centimetres. */
async function loadIris(): Promise<Loaded> {
  const iris = await import("../../../engine/deps/iris.ts");
  const table = await iris.loadIris();
  const x = Float32Array.from(table.getNumbers().flat());
  const y = Int32Array.from(table.getClasses(), (name) => CLASSES.indexOf(name));
  return { train: { count: y.length, input: SHAPE, x, y }, classes: CLASSES };
}
