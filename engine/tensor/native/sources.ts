/**
 * The sources of native kernels, by name. They come with the program, which may have come by URL: each file of C is
 * imported here.
 */
import activation from "./c/activation.h" with { type: "text" };
import attentionKernels from "./c/attention.c" with { type: "text" };
import depthwiseKernels from "./c/depthwise.c" with { type: "text" };
import elementwiseKernels from "./c/elementwise.c" with { type: "text" };
import integerKernels from "./c/integer.c" with { type: "text" };
import integerEnd from "./c/integer_end.h" with { type: "text" };
import integerWindowKernels from "./c/integer_window.c" with { type: "text" };
import lanes from "./c/lanes.h" with { type: "text" };
import layerNormKernels from "./c/layer_norm.c" with { type: "text" };
import math from "./c/math.h" with { type: "text" };
import normKernels from "./c/norm.c" with { type: "text" };
import optimizeKernels from "./c/optimize.c" with { type: "text" };
import panel from "./c/panel.h" with { type: "text" };
import patchProduct from "./c/patch_product.h" with { type: "text" };
import poolKernels from "./c/pool.c" with { type: "text" };
import probe from "./c/probe.c" with { type: "text" };
import productKernels from "./c/product.c" with { type: "text" };
import product from "./c/product.h" with { type: "text" };
import recurrentKernels from "./c/recurrent.c" with { type: "text" };
import shortKernels from "./c/short.c" with { type: "text" };
import softmaxKernels from "./c/softmax.c" with { type: "text" };
import softmax from "./c/softmax.h" with { type: "text" };
import winogradKernels from "./c/winograd.c" with { type: "text" };
import winograd from "./c/winograd.h" with { type: "text" };
import winogradGradientKernels from "./c/winograd_gradient.c" with { type: "text" };

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
  "integer_window.c": integerWindowKernels,
  "lanes.h": lanes,
  "layer_norm.c": layerNormKernels,
  "math.h": math,
  "norm.c": normKernels,
  "optimize.c": optimizeKernels,
  "panel.h": panel,
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
