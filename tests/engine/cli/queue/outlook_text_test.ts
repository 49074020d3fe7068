import assert from "node:assert/strict";
import { outlookText, workersText } from "../../../../engine/cli/queue/outlook_text.ts";

const outlook = {
  address: "redis://queue.example",
  name: "n1-abc",
  steps: { cached: 3, fetched: 2, asked: 4, later: 5, here: 1 },
};

Deno.test("an outlook says who is there, and which steps are recalled, go to workers and run here", () => {
  assert.equal(
    outlookText({ ...outlook, workers: 2, others: 1 }),
    `queue redis://queue.example: 2 workers of this version, 1 of other versions, which take none of these
  recalled: 3 from the cache, 2 from stores
  for workers: 4 at once, then 5 that wait for others, unless they are recorded
  here: 1
`,
  );
});

Deno.test("where nothing waits only what is asked for is said, and why nobody was counted", () => {
  const steps = { ...outlook.steps, later: 0 };
  const unreachable = "the queue at redis://queue.example cannot be reached: no";
  assert.equal(
    outlookText({ ...outlook, steps, unreachable }),
    `${unreachable}\n  recalled: 3 from the cache, 2 from stores\n  for workers: 4 at once\n  here: 1\n`,
  );
  assert.match(outlookText(outlook), /^queue \S+: the Redis does not say who is connected\n/);
});

Deno.test("one worker is counted in the singular, none in the plural", () => {
  assert.equal(workersText(1, 0), "1 worker of this version");
  assert.equal(workersText(0, 0), "0 workers of this version");
});
