import assert from "node:assert/strict";
import { legible } from "../../../../ops/data/embedded/spam.ts";

Deno.test("of a mail, subject and body are read, without tags", () => {
  const mail =
    "From x@y\nReceived: a\n\tb\nSubject: Buy\n now\nX-Spam: yes\n\n<p>Cheap<br>pills</p>\n";
  assert.equal(legible(mail), "Buy\n now\n Cheap pills \n");
  assert.equal(legible("Received: a\n\nbody"), "\nbody");
});
