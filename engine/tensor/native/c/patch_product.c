/* Filter gradients and products of a transposed left side (./patch_product.h). */
#include "patch_product.h"

KERNEL(patchProduct) {
  ARGUMENTS;
  const patches g = {
    .a = POINTER(0), .xb = INTEGER(1), .xy = INTEGER(2), .xx = INTEGER(3),
    .d = POINTER(4), .panel = INTEGER(5), .row = INTEGER(6),
    .images = INTEGER(7), .ny = INTEGER(8), .nx = INTEGER(9), .chunk_rows = INTEGER(10),
    .offsets = (const int32_t *)POINTER(11), .m = INTEGER(12), .n = INTEGER(13),
    .out = (float *)POINTER(14), .accumulate = INTEGER(15),
    .packed = (float *)(memory + scratch),
  };
  patch_units(&g, begin, end);
}
