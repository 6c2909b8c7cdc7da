import type { AttributeChange } from "./attributes";
import type { Action, PlannedChange, Summary } from "./summary";

/** What begins a resource's line; a `diff` block of Markdown colours by it. */
const SIGNS: Readonly<Record<Action, string>> = {
  destroy: "-",
  replace: "-",
  forget: "-",
  create: "+",
  change: "!",
  import: " ",
  move: " ",
  read: " ",
};

/** The whole plan as text: every resource with every attribute that changes, secrets masked. */
export function fullText(summary: Summary): string {
  const outputs = Object.entries(summary.outputs)
    .flatMap(([name, attributes]) => attributes.map((change) => attributeLines(name, change)))
    .join("\n");
  const sections: readonly [string, readonly string[]][] = [
    ["", summary.changes.map(resourceText)],
    ["Outputs", outputs === "" ? [] : [outputs]],
    ["Deferred until the changes above are made", summary.deferred.map(resourceText)],
    ["On the machine that deploys", summary.local.map(resourceText)],
    ["Changed outside Terraform since its last run", summary.drift.map(resourceText)],
  ];
  return sections
    .filter(([, blocks]) => blocks.length > 0)
    .map(([title, blocks]) => (title === "" ? blocks : [`@@ ${title} @@`, ...blocks]).join("\n\n"))
    .join("\n\n");
}

function resourceText({ action, address, reason, attributes }: PlannedChange): string {
  const why = reason === "" ? "" : ` (${reason})`;
  return [
    `${SIGNS[action]} ${action} ${address}${why}`,
    ...attributes.map((attribute) => attributeLines("", attribute)),
  ].join("\n");
}

function attributeLines(parent: string, attribute: AttributeChange): string {
  const { before, after, lines, forcesReplacement } = attribute;
  const name = joined(parent, attribute.path);
  const forced = forcesReplacement ? "   # forces replacement" : "";
  if (lines !== undefined) {
    const marked = lines.map((line) => `${line.slice(0, 1)}         ${line.slice(1)}`);
    return [`!     ${name}:${forced}`, ...marked].join("\n");
  }
  if (before === undefined) return `+     ${name} = ${after}${forced}`;
  if (after === undefined) return `-     ${name} = ${before}${forced}`;
  return `!     ${name} = ${before} -> ${after}${forced}`;
}

function joined(parent: string, path: string): string {
  if (parent === "" || path === "") return parent + path;
  return path.startsWith("[") ? parent + path : `${parent}.${path}`;
}
