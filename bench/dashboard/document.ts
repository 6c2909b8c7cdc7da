import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PROJECT_ROOT } from "../../src/common/project-root";
import type { Recorded } from "../../src/tools/rehearsal/metrics/recorder";
import { figures } from "./figures";
import { picture } from "./picture";

const FILE = path.join(PROJECT_ROOT, "docs", "dashboard.svg");

/** The picture as it is, and as the recording and the dashboard make it. */
export function made(recorded: Recorded): { readonly current: string; readonly wanted: string } {
  return { current: readFileSync(FILE, "utf8"), wanted: picture(figures(recorded)) };
}

export function writePicture(recorded: Recorded): void {
  writeFileSync(FILE, picture(figures(recorded)));
}
