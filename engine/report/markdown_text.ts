/** Text from elsewhere in a Markdown document. */
import { harmless } from "../quote.ts";

/** The text, of which neither HTML nor a link can come; what it marks as code stays marked. */
export function markdownText(text: string): string {
  return harmless(text)
    .replace(/[&<]/g, (character) => character === "&" ? "&amp;" : "&lt;")
    .replaceAll("](", "]\\(");
}
