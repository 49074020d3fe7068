/** The ways in which a recipe may vary samples. */
import { augmentField } from "../../../../ops/learn/augment/augment.ts";
import { assertListedInOrder } from "../../../listed.ts";
import { told } from "../../told.ts";

Deno.test("each augmentation has its fields and their limits; without any nothing varies", () => {
  const chance = "chance: number ≥ 0 ≤ 1 = 1";
  const side = "integer ≥ 1 ≤ 1000000";
  const fraction = "{ fraction: number > 0 < 1 }";
  const ways = [
    `shift { pixels: ${side}, ${chance} }`,
    `crop { padding: ${side}, ${chance} }`,
    `flip { axis: horizontal | vertical = "horizontal", ${chance} }`,
    `rotate { degrees: number > 0 ≤ 180, ${chance} }`,
    `color { brightness: number ≥ 0 = 0, contrast: number ≥ 0 = 0, saturation: number ≥ 0 = 0, ${chance} }`,
    `cutout { pixels: ${side}, ${chance} }`,
    `noise { sigma: number > 0, ${chance} }`,
    `mixup { alpha: number > 0, ${chance} }`,
    `mask-tokens ${fraction}`,
    `replace-tokens ${fraction}`,
    `drop-tokens ${fraction}`,
    `crop-tokens { tokens: ${side} }`,
  ];
  const [, found] = /^list of (.+) = \[\]$/.exec(told(augmentField) as string)!;
  assertListedInOrder(found!.split(" or "), ways);
});
