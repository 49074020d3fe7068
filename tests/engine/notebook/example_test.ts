import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { forms, jupyterIsHere, otherwise, runNotebook } from "./jupyter.ts";

const recipes = fileURLToPath(new URL("../../../recipes/", import.meta.url));

Deno.test({
  name: `the example notebook runs in a kernel and shows what it says${otherwise}`,
  ignore: !jupyterIsHere,
  async fn() {
    const cells = await runNotebook(`${recipes}digits.ipynb`, recipes);
    for (const { source, outputs = [] } of cells) {
      const errors = outputs.filter((each) => each.output_type === "error");
      assert.deepEqual(errors.map(({ ename, evalue }) => `${ename}: ${evalue}`), [], source);
      assert.ok(outputs.length > 0, `nothing was shown by: ${source}`);
    }
    const texts = cells.map((cell) => forms(cell, "text/plain").join("\n"));
    const [card, plan, base, compared, drawn, mine] = texts;
    assert.match(card!, /^digits {2}seed 0\n[^]*quantized +quantize +← pruned, data/);
    assert.match(plan!, /0 recorded, \d+ would run, \d+ unknown/);
    assert.match(base!, /small: 14 of 14 steps\n[^]*teacher .*\n[^]*quantized {2}result/);
    assert.match(compared!, /pruned-cut +its result +ratio 0\.5 → 0\.8/);
    assert.match(compared!, /The same in both: teacher, distilled\./);
    assert.match(drawn!, /head\.dense +dense +10 /);
    assert.match(mine!, /quantized {2}result/);
    // Progress is one output that was replaced, not one for each event.
    assert.equal(forms(cells[2]!, "text/html").length, 2);
    assert.equal(forms(cells[4]!, "text/html").filter((html) => html.includes("<svg")).length, 1);
  },
});
