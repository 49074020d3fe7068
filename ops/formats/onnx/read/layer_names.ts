/** Names of layers out of those of nodes: a path of modules, without the operator. */

/** The characters of a name. */
const LONGEST = 200;

/**
 * As `torch.onnx` writes paths, `/layer1/layer1.0/conv1/Conv` is `layer1.0.conv1`, and `/Relu_1` is `relu_1`. A node
 * without a name is called as its first output. Characters that a selector has a meaning for become `_`, and of a name that
 * is longer than any path its beginning is left.
 */
export function layerName(node: {
  readonly name: string;
  readonly opType: string;
  readonly output: readonly string[];
}): string {
  const { name, opType, output } = node;
  const written = name === "" ? (output[0] ?? "").replace(/\.linear$/, "") : name;
  const parts = written.split("/").filter((part) => part !== "");
  const last = parts.at(-1) ?? "";
  if (parts.length > 1 && last.replace(/_\d+$/, "") === opType) {
    const number = last.slice(opType.length);
    parts.pop();
    // The first of an operator in a module stands for the module.
    if (number !== "") parts.push(`${opType.toLowerCase()}${number}`);
  } else if (last.replace(/_\d+$/, "") === opType) parts[parts.length - 1] = last.toLowerCase();
  const path = parts.filter((part, at) => !parts[at + 1]?.startsWith(`${part}.`));
  return path.join(".").replace(/[^\w.-]/g, "_").slice(0, LONGEST) || opType.toLowerCase();
}
