/** Bounds on what a recipe may be, so that none of them can exhaust the machine. */

/** UTF-16 units of a document. */
export const MAX_TEXT = 1 << 20;
/** Maps and lists inside one another. */
export const MAX_DEPTH = 40;
/** Values of a document, fields and items counted alike. */
export const MAX_NODES = 1 << 20;
/** Recipes that may stand behind one another, each extended by the one before it. */
export const MAX_PARENTS = 8;
/** Steps of an expanded recipe. */
export const MAX_STEPS = 100_000;
/** Layers of all networks that a recipe's models have, those that steps hand on counted once. */
export const MAX_LAYERS = 1 << 19;
/** Values of a document times the points of its sweep. */
export const MAX_SWEPT = 1 << 22;
