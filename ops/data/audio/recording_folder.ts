/** Recordings in folders of classes: `<class>/<name>.wav`, perhaps below `train/`, `validation/` and `test/`. */
import { filesOfClasses, holdsClasses, RECORDINGS } from "../readers/class_folder.ts";
import { defineDataFormat } from "../readers/data_format.ts";

export const audio = defineDataFormat({
  name: "audio",
  suffixes: [],
  holds: (files) => holdsClasses(files, RECORDINGS),
  async readFolder(wishes, context) {
    const { loadRecordings } = await import("./load_recordings.ts");
    return await loadRecordings(await filesOfClasses(wishes, context, RECORDINGS), wishes, context);
  },
});
