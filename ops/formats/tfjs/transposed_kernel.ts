/** The kernel of a transposed convolution, which Keras writes with the channels that leave before those that enter. */

/** From [height, width, in, out], as kernels are here, to Keras's [height, width, out, in], and back. */
export const KERAS_TRANSPOSED: readonly number[] = [0, 1, 3, 2];
