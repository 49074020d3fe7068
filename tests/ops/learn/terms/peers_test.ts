/** Mutual learning (Zhang et al. 2018, arXiv 1706.00384): equation 9 worked by hand. */
import { peers as stated } from "../../../../ops/learn/terms/peers.ts";
import assert from "node:assert/strict";
import { assertAllNear, assertNear, evaluated, rows, term } from "./support/evaluated.ts";

const one = {
  student: [rows([1, 0.5, -0.5, 0.2])],
  teacher: [rows([2, 1, 0.1, -1])],
  targets: rows([1, 0, 0, 0]),
};

const peers = [[1, 0, 0], [0, 1, 0], [0, 0, 2]];

/** Labels and peers for model k of a cohort, y = 0. */
async function mutual(k: number, count: number, more = {}) {
  const said = {
    student: [rows(peers[k]!)],
    peers: peers.slice(0, count).filter((_, i) => i !== k).map((row) => rows(row)),
    targets: rows([1, 0, 0]),
  };
  const [hard, others] = [
    await evaluated(term({ use: "labels" }), said),
    await evaluated(term({ use: "peers", ...more }), said),
  ];
  return {
    value: hard.value + others.value,
    gradient: hard.gradients[0]!.map((each, i) => each + others.gradients[0]![i]!),
  };
}

Deno.test("mutual learning of two and of three; peers are constants", async () => {
  // Softmax of [1, 0, 0] is [0.57611688, 0.21194156, 0.21194156], of [0, 0, 2] [0.10650698, 0.10650698, 0.78698604];
  // class 0 is true. The first loses −ln 0.57611688 = 0.55144471 and, by KL of the second from it, (0.57611688 −
  // 0.21194156) · 1 = 0.36417532; the second loses 1 more, −ln 0.21194156. Of three, KL is the mean over two.
  assertNear((await mutual(0, 2)).value, 0.91562004);
  assertNear((await mutual(1, 2)).value, 1.91562004);
  // (p − t) + (p − q), as no gradient flows into q.
  assertAllNear((await mutual(0, 2)).gradient, [-0.05970779, -0.15223377, 0.21194156]);
  for (const [k, value] of [1.1232149, 2.1232149, 3.07987859].entries()) {
    assertNear((await mutual(k, 3)).value, value);
  }
});

Deno.test("peers that agree add nothing, to each or to their mean; two have one peer, which is its own mean", async () => {
  for (const target of ["each", "mean"]) {
    const same = rows([1, 0, 0]);
    const said = { student: [same], peers: [same, same] };
    assert.ok(Math.abs((await evaluated(term({ use: "peers", target }), said)).value) < 1e-6);
  }
  assertNear((await mutual(0, 2, { target: "mean" })).value, 0.91562004);
});

Deno.test("peers' mean is of probabilities: at T = 4 it is not the softmax of the mean logits", async () => {
  // Half the sum of softmax(z / 4) of the two peers, and softmax(z / 4) of the student. The softmax of the peers' mean
  // logits, [0.33360116, 0.26973666, 0.21809836, 0.17856383], would be another.
  const mean = [0.33360828, 0.26949375, 0.21790303, 0.17899494];
  const own = [0.29511436, 0.26043751, 0.20282893, 0.2416192];
  const expected = 16 * mean.reduce((sum, m, i) => sum + m * Math.log(m / own[i]!), 0);
  const said = { student: one.student, peers: [rows([2, 1, 0.1, -1]), rows([1.5, 0.8, 0, -0.5])] };
  const chosen = term({ use: "peers", target: "mean", temperature: 4 });
  assertNear((await evaluated(chosen, said)).value, expected, 1e-4);
});

Deno.test("peers states what it reads and compares", () => {
  assert.deepEqual(stated.reads, { peers: true });
  assert.equal(stated.compares, "classes");
});
