/** The AssemblyScript compiler, for development only: `deno task kernels` and the test of what it wrote. */
import type * as compiler from "npm:assemblyscript@0.28.20/asc";

const specifier = "npm:assemblyscript@0.28.20/asc";

/** Loads the compiler. */
export const loadAssemblyScript = (): Promise<typeof compiler> => import(specifier);
