/** RFC 8785 canonical JSON. */
import canonicalizeModule from "npm:canonicalize@4.0.0";

/** The canonical JSON text of a value; `undefined` where JSON has none for it. */
export const canonicalize: (value: unknown) => string | undefined = canonicalizeModule;
