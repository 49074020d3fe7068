/** Shapes for tests of broadcasting. */
import { fc } from "../../../deps.ts";

/** Two shapes that broadcast: the same axes, some of length 1 in one of them, and there dropped where they lead. */
export const pairs = fc.tuple(
  fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom("both", "a", "b")), {
    maxLength: 6,
  }),
  fc.tuple(fc.nat(6), fc.nat(6)),
).map(([axes, drops]) =>
  ["a", "b"].map((me, i) => {
    const shape = axes.map(([n, who]) => who === "both" || who === me ? n : 1);
    const ones = shape.findIndex((n) => n !== 1);
    return shape.slice(Math.min(drops[i]!, ones < 0 ? shape.length : ones));
  }) as [number[], number[]]
);
