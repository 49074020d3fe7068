/** The large ResNet-8 as int8. */
import { testInt8 } from "../recipes/support/resnet8.ts";

testInt8("tfjs-resnet8-large", 0.797);
