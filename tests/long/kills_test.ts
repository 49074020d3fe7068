import { killAtSeededMoments } from "../engine/run/support/kill.ts";

Deno.test("three hundred kills while steps run side by side change no artifact", async () => {
  await killAtSeededMoments(30, 10, 2);
});

Deno.test("a thousand kills at seeded moments change no artifact", async () => {
  await killAtSeededMoments(100, 10);
});
