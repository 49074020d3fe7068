// Kernels to come.
