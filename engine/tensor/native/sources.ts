/**
 * The sources of native kernels, by name. They come with the program, which may have come by URL: each file of C is
 * imported here.
 */
import activation from "./activation.h" with { type: "text" };
import attentionKernels from "./attention.c" with { type: "text" };
import depthwiseKernels from "./depthwise.c" with { type: "text" };
import elementwiseKernels from "./elementwise.c" with { type: "text" };
import integerKernels from "./integer.c" with { type: "text" };
import integerEnd from "./integer_end.h" with { type: "text" };
import lanes from "./lanes.h" with { type: "text" };
import layerNormKernels from "./layer_norm.c" with { type: "text" };
import math from "./math.h" with { type: "text" };
import normKernels from "./norm.c" with { type: "text" };
import optimizeKernels from "./optimize.c" with { type: "text" };
import panel from "./panel.h" with { type: "text" };
import patchProductKernels from "./patch_product.c" with { type: "text" };
import patchProduct from "./patch_product.h" with { type: "text" };
import poolKernels from "./pool.c" with { type: "text" };
import probe from "./probe.c" with { type: "text" };
import productKernels from "./product.c" with { type: "text" };
import product from "./product.h" with { type: "text" };
import recurrentKernels from "./recurrent.c" with { type: "text" };
import shortKernels from "./short.c" with { type: "text" };
import softmaxKernels from "./softmax.c" with { type: "text" };
import softmax from "./softmax.h" with { type: "text" };
import winogradKernels from "./winograd.c" with { type: "text" };
import winograd from "./winograd.h" with { type: "text" };
import winogradGradientKernels from "./winograd_gradient.c" with { type: "text" };

/** Texts by the names of their files. */
export type SourceTexts = Readonly<Record<string, string>>;

/** What asks the processor. */
export const PROBE: SourceTexts = { "probe.c": probe };

/** Everything that a library of kernels is compiled from. */
export const KERNEL_SOURCES: SourceTexts = {
  "activation.h": activation,
  "attention.c": attentionKernels,
  "depthwise.c": depthwiseKernels,
  "elementwise.c": elementwiseKernels,
  "integer.c": integerKernels,
  "integer_end.h": integerEnd,
  "lanes.h": lanes,
  "layer_norm.c": layerNormKernels,
  "math.h": math,
  "norm.c": normKernels,
  "optimize.c": optimizeKernels,
  "panel.h": panel,
  "patch_product.c": patchProductKernels,
  "patch_product.h": patchProduct,
  "pool.c": poolKernels,
  "product.c": productKernels,
  "product.h": product,
  "recurrent.c": recurrentKernels,
  "short.c": shortKernels,
  "softmax.c": softmaxKernels,
  "softmax.h": softmax,
  "winograd.c": winogradKernels,
  "winograd.h": winograd,
  "winograd_gradient.c": winogradGradientKernels,
};

/** The names of the kernels in sources. */
export const kernelsIn = (sources: SourceTexts): readonly string[] =>
  Object.values(sources).flatMap((text) =>
    [...text.matchAll(/^KERNEL\((\w+)\)/gm)].map((match) => match[1]!)
  );
