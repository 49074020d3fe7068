/** Whether a safetensors file is an encoder that transformers has saved, told by the names in its header. */

/** What lies beside such a file and says its sizes. */
export const CONFIG_FILE = "config.json";

/** The first block's queries, whatever the model calls itself: BERT's and DistilBERT's name for them. */
const QUERIES =
  /"(?:\w+\.)?(?:encoder\.layer\.0\.attention\.self\.query|transformer\.layer\.0\.attention\.q_lin)\.weight"/;

/** Of the bytes of a safetensors file. */
export function holdsEncoder(bytes: Uint8Array): boolean {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  return QUERIES.test(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
}
