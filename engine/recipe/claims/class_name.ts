/** Names of classes as claims write them, and what is said of one that is not there. */
import { listed } from "../../quote.ts";
import { slipOf } from "../words/nearest.ts";

/** A class's name in a claim: blanks are written `_`, because a claim is split at blanks. */
export function claimedClass(name: string): string {
  return name.replace(/\s/g, "_");
}

/** What was probably meant by a class that is not there: the one that it is a slip of, and those that there are. */
export function classMeant(written: string, classes: readonly string[]): string {
  const names = classes.map(claimedClass);
  // Of one letter or two, half is another class: 10 is no slip of 1.
  const slip = written.length < 3 ? undefined : slipOf(written, names);
  return slip === undefined
    ? `one of: ${listed(names, 12)}`
    : `did you mean ${listed([slip])}? All: ${listed(names, 12)}`;
}
