/**
 * Recordings in folders of classes: `<class>/<name>.wav`, perhaps below `train/`, `validation/` and `test/`; or in any
 * folders, where nobody has labelled them.
 */
import { filesOfClasses, holdsSamples, RECORDINGS } from "../readers/class_folder.ts";
import { defineDataFormat } from "../readers/data_format.ts";

export const audio = defineDataFormat({
  name: "audio",
  suffixes: [],
  holds: (files, labels) => holdsSamples(files, RECORDINGS, labels),
  async readFolder(wishes, context) {
    const { loadRecordings } = await import("./load_recordings.ts");
    return await loadRecordings(await filesOfClasses(wishes, context, RECORDINGS), wishes, context);
  },
});
