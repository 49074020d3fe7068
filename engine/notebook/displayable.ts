/** Values that a notebook shows: as text, as Markdown, as HTML. */

/** One value in several forms, by MIME type. */
export type Bundle = Readonly<Record<string, string>>;

/** Under this symbol a Jupyter kernel looks for a value's display. */
const DISPLAY: unique symbol = Symbol.for("Jupyter.display");

/**
 * The value itself, which from now on a notebook can show; what shows it is made, and loaded, when it is asked for. The
 * property is hidden: a displayable value equals one that is not.
 */
export function displayable<T extends object>(
  value: T,
  display: (value: T) => Promise<Bundle>,
): T {
  return Object.defineProperty(value, DISPLAY, { value: () => display(value) });
}

/** The forms of a value; undefined where it has none. */
export async function bundleOf(value: unknown): Promise<Bundle | undefined> {
  if (typeof value !== "object" || value === null) return undefined;
  const display = (value as { readonly [DISPLAY]?: () => Promise<Bundle> })[DISPLAY];
  return await display?.();
}
