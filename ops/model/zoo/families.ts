/** The zoo: every family a recipe can name with `use`, from simple to complex. */
import { cnn, lenet5 } from "./cnn.ts";
import { lenet300, mlp } from "./mlp.ts";
import { mobilenetV1 } from "./mobilenet_v1.ts";
import { resnet } from "./resnet.ts";

/** Families by name. */
export const families = {
  mlp,
  "lenet-300-100": lenet300,
  lenet5,
  cnn,
  resnet,
  "mobilenet-v1": mobilenetV1,
} as const;
