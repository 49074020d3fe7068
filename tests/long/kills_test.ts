import { killAtSeededMoments } from "../engine/run/kill.ts";

Deno.test("a thousand kills at seeded moments change no artifact", async () => {
  await killAtSeededMoments(100, 10);
});
