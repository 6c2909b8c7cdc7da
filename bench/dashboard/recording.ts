import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Recorded } from "../../src/tools/rehearsal/metrics/recorder";

/** What the picture is drawn from: the metrics of a rehearsal, and its log, which is what needs packing. */
const FILE = path.join(__dirname, "recording.json.gz");

export function readRecording(): Recorded {
  return JSON.parse(gunzipSync(readFileSync(FILE)).toString()) as Recorded;
}

export function writeRecording(recorded: Recorded): void {
  writeFileSync(FILE, gzipSync(JSON.stringify(recorded), { level: 9 }));
}
