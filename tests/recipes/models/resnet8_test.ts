/** The small ResNet-8 as int8; the large one is among the long tests. */
import { testInt8 } from "../support/resnet8.ts";

testInt8("tfjs-resnet8", 0.751);
