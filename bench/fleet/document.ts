import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PROJECT_ROOT } from "../../src/common/project-root";
import { fill } from "../../src/common/markdown";
import { picture } from "./picture";
import type { Speed } from "./speed";
import { tables } from "./tables";

const DOCS = path.join(PROJECT_ROOT, "docs");

/** What is made from the numbers: its file, what that holds, and what it should hold. */
export interface Made {
  readonly file: string;
  readonly current: string;
  readonly wanted: string;
}

/** The document with its tables filled in, and the picture; as they are and as they should be. */
export function made(speed: Speed): readonly Made[] {
  const document = read("fleet-costs.md");
  return [
    { file: "fleet-costs.md", current: document, wanted: fill(document, tables(speed)) },
    { file: "fleet-cost.svg", current: read("fleet-cost.svg"), wanted: picture(speed) },
  ];
}

export function writeDocuments(speed: Speed): void {
  for (const { file, wanted } of made(speed)) writeFileSync(path.join(DOCS, file), wanted);
}

function read(file: string): string {
  return readFileSync(path.join(DOCS, file), "utf8");
}
