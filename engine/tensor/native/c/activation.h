/* Activations by their codes, and their derivatives (../../kernels/activation.ts). */
#include "math.h"

/* 0 is linear. */
enum { RELU = 1, RELU6, SIGMOID, TANH, GELU, ELU, LEAKY_RELU };

INLINE floats activated(int32_t code, floats z) {
  switch (code) {
    case RELU: return v_pmax(z, v_splat(0));
    case RELU6: return v_pmin(v_pmax(z, v_splat(0)), v_splat(6));
    case SIGMOID: return v_sigmoid(z);
    case TANH: return v_tanh(z);
    case GELU: return v_gelu(z);
    case ELU: return v_elu(z);
    case LEAKY_RELU: return v_leaky_relu(z);
    default: return z;
  }
}

/* dy times the derivative at z; of relu dy itself or 0. */
INLINE floats derived(int32_t code, floats z, floats dy) {
  const floats zero = v_splat(0), one = v_splat(1);
  floats y;
  switch (code) {
    case 0: return dy;
    case RELU: return v_select(v_less(zero, z), dy, zero);
    case RELU6: return v_mul(dy, v_select(m_and(v_less(zero, z), v_less(z, v_splat(6))), one, zero));
    case SIGMOID:
      y = v_sigmoid(z);
      return v_mul(dy, v_mul(y, v_sub(one, y)));
    case TANH:
      y = v_tanh(z);
      return v_mul(dy, v_nfma(y, y, one));
    case GELU: return v_mul(dy, v_gelu_slope(z));
    case ELU: return v_mul(dy, v_select(v_less(z, zero), v_exp(z), one));
    default: return v_mul(dy, v_select(v_less(zero, z), one, v_splat(0.2)));
  }
}
