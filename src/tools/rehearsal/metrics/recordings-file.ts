import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Recording, Recordings } from "./recording";

/** A file with the recordings of several runs; the later one of a fault counts. */
export class RecordingsFile {
  constructor(private readonly path: string) {}

  read(): Recordings {
    if (!existsSync(this.path)) return {};
    return JSON.parse(readFileSync(this.path, "utf8")) as Recordings;
  }

  /** Keeps a recording beside those of other faults. */
  write(fault: string, recording: Recording): void {
    writeFileSync(this.path, formatted({ ...this.read(), [fault]: recording }));
  }
}

/** JSON with a line for each metric, for people who compare two versions. */
function formatted(recordings: Recordings): string {
  const faults = Object.entries(recordings).map(([fault, { metrics, ...rest }]) => {
    const [head, lines] = [JSON.stringify(rest), metrics.map((metric) => JSON.stringify(metric))];
    return `${JSON.stringify(fault)}: ${head.slice(0, -1)},"metrics":[\n${lines.join(",\n")}\n]}`;
  });
  return `{\n${faults.join(",\n")}\n}\n`;
}
