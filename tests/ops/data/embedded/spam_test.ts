import assert from "node:assert/strict";
import { legible, spam, textsOfMails } from "../../../../ops/data/embedded/spam.ts";

Deno.test("of a mail, subject and body are read, without tags", () => {
  const mail =
    "From x@y\nReceived: a\n\tb\nSubject: Buy\n now\nX-Spam: yes\n\n<p>Cheap<br>pills</p>\n";
  assert.equal(legible(mail), "Buy\n now\n Cheap pills \n");
  assert.equal(legible("Received: a\n\nbody"), "\nbody");
});

Deno.test("a subject stands in the header, and a header may be all there is", () => {
  assert.equal(legible("Received: a\r\n\r\nSubject: no"), "\nSubject: no");
  assert.equal(legible("subject:  a <b>c</b>"), "a  c \n");
});

Deno.test("mails are ham or spam by their group, and cut into 128 words", () => {
  const mails = ["easy_ham", "spam_2", "hard_ham", "spam"].map((group, i) => ({
    ...{ group, text: `Subject: ${i}\n\nbody` },
  }));
  assert.deepEqual(textsOfMails(mails), {
    classes: ["ham", "spam"],
    train: {
      file: "spam",
      texts: ["0\nbody", "1\nbody", "2\nbody", "3\nbody"],
      labels: ["ham", "spam", "ham", "spam"],
    },
  });
  const text = { tokens: "words", length: 128 } as const;
  assert.equal(spam.name, "spam");
  assert.deepEqual(spam.fields.properties.text.default, text);
  const division = {
    split: { validation: 0.1, test: 0.2, by: "label" },
    normalize: { use: "unit" },
  } as const;
  const params = { ...division, seed: 0, text, task: "classification" } as const;
  assert.deepEqual(spam.facts(params).classes, ["ham", "spam"]);
  assert.equal(spam.needs!(params)!.what, "6046 samples of 128 tokens");
});
