/** The sources of native kernels, by name. They come with the program: it may have come by URL. */
import depthwiseKernels from "./depthwise.c" with { type: "text" };
import lanes from "./lanes.h" with { type: "text" };
import panel from "./panel.h" with { type: "text" };
import patchProductKernels from "./patch_product.c" with { type: "text" };
import patchProduct from "./patch_product.h" with { type: "text" };
import probe from "./probe.c" with { type: "text" };
import productKernels from "./product.c" with { type: "text" };
import product from "./product.h" with { type: "text" };
import winogradKernels from "./winograd.c" with { type: "text" };

/** Texts by the names of their files. */
export type SourceTexts = Readonly<Record<string, string>>;

/** What asks the processor. */
export const PROBE: SourceTexts = { "probe.c": probe };

/** Everything that a library of kernels is compiled from. */
export const KERNEL_SOURCES: SourceTexts = {
  "depthwise.c": depthwiseKernels,
  "lanes.h": lanes,
  "panel.h": panel,
  "patch_product.c": patchProductKernels,
  "patch_product.h": patchProduct,
  "product.c": productKernels,
  "product.h": product,
  "winograd.c": winogradKernels,
};

/** The names of the kernels in sources. */
export const kernelsIn = (sources: SourceTexts): readonly string[] =>
  Object.values(sources).flatMap((text) =>
    [...text.matchAll(/^KERNEL\((\w+)\)/gm)].map((match) => match[1]!)
  );
