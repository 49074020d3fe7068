/** Mails, ham or spam: SpamAssassin's public corpus, as a person reads them. */
import { MAILS } from "../../../engine/deps/spam_assassin.ts";
import type { PartTexts } from "../text/texts.ts";
import { textSet } from "./embedded_set.ts";

const CLASSES = ["ham", "spam"] as const;

export const spam = textSet({
  name: "spam",
  description: "6,046 mails of SpamAssassin's public corpus, ham or spam; a package of 20 MB",
  text: { tokens: "words", length: 128 },
  count: 6_046,
  classes: CLASSES,
  load: loadSpam,
  package: MAILS,
});

/** 4,150 mails that somebody wanted, and 1,896 that nobody did, in the corpus's order. */
async function loadSpam(): Promise<PartTexts> {
  const { loadMails } = await import("../../../engine/deps/spam_assassin.ts");
  return textsOfMails(await loadMails());
}

/** Mails as texts; those of the groups that are called spam are spam. */
export function textsOfMails(
  mails: readonly { readonly group: string; readonly text: string }[],
): PartTexts {
  return {
    classes: CLASSES,
    train: {
      file: "spam",
      texts: mails.map(({ text }) => legible(text)),
      labels: mails.map(({ group }) => CLASSES[group.startsWith("spam") ? 1 : 0]),
    },
  };
}

/**
 * Subject and body of a mail, without the tags of HTML. The rest of the header goes: the corpus was collected from
 * different machines in different months, and a model would learn to tell those apart.
 */
export function legible(mail: string): string {
  const end = /\r?\n\r?\n/.exec(mail);
  const [header, body] = end === null
    ? [mail, ""]
    : [mail.slice(0, end.index), mail.slice(end.index + end[0].length)];
  const [, subject = ""] = /^subject:(.*(?:\r?\n[ \t].*)*)/im.exec(header) ?? [];
  return `${subject.trim()}\n${body}`.split(/<[^<>]*>/).join(" ");
}
