/** Text that came from a recipe, a class name or another machine, made fit to be shown. */

/** Control characters would steer a terminal and turn lines around: each is shown as a replacement character. */
export function harmless(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}
