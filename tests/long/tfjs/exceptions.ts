/** Specs of tfjs-core that the room does not pass, by the beginning of their names, each with its reason. */
export const EXCEPTIONS: readonly { readonly name: string; readonly reason: string }[] = [
  {
    name: "multinomial decant",
    reason: "draws from tfjs's own generator; in the room random numbers are Philox streams",
  },
  {
    name: "nonMaxSuppression decant {} NonMaxSuppressionWithScore select from three clusters with",
    reason:
      "soft suppression takes the exponential that IEEE 754 does not fix; detection is not ours",
  },
  {
    name: "conv2dTranspose decant {} input=8x8x8,output=4x4x8,f=8,s=1,inDepth=8,p=same vec4",
    reason: "asks for the gradient of a 4 × 4 output but passes 8 × 8 values",
  },
];
