export const recipeSchema = (_: unknown): string => "stub";
