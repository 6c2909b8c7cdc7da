import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** What knows where the checkout is, and does there something with what people set up. */
const KNOWS = /\bCHECKOUT\b|__dirname, "(\.\.\/?)+"/;
const USES =
  /"cdktf\.json"|"squid|DOMAIN_LISTS|readDomainList|copyCheckout|loadConfiguration|new Rehearsal|cwd\b.*\bCHECKOUT/;

/** Why people's settings and domain lists do not matter to a suite, or are to matter. */
const REASONS: Readonly<Record<string, string>> = {
  "commands/check.test.ts": "has settings of its own, and takes any lists",
  "commands/destroy.test.ts": "has settings of its own, and no image to build",
  "commands/fresh-machine.test.ts": "has a copy without them",
  "docs.test.ts": "reads squid.conf only",
  "helpers/checkout.ts": "leaves them out",
  "helpers/lab.ts": "leaves them out",
  "helpers/project.ts": "has settings of its own, and no image to build",
  "image/update.test.ts": "has a copy without them",
  "main.test.ts": "has a copy without them",
  "policy/command.test.ts": "has settings of its own, and takes any lists",
  "policy/rules.test.ts": "is the policy gate, for the settings that there are",
  "proxy/domain-list.test.ts": "finds mistakes in the lists that there are",
  "rehearsal/faults-run.test.ts": "has settings of its own, by which no list refuses anything",
  "rehearsal/rehearsal.test.ts": "has a copy without them",
  "squid/image.test.ts": "reads the Dockerfile, and runs a program of squid/ on lists of its own",
  "squid/log-writer.test.ts": "has a copy without them",
  "state/workspace.test.ts": "has settings of its own, and no lists",
  "workflows/scripts.test.ts": "has a copy without them",
};

test("no suite depends on settings and domain lists but those that are to", () => {
  const files = readdirSync(__dirname, { recursive: true, encoding: "utf8" })
    // Benchmarks measure what there is.
    .filter((file) => /^(?!bench\/).*\.ts$/.test(file) && file !== path.basename(__filename))
    .filter((file) => {
      const text = readFileSync(path.join(__dirname, file), "utf8");
      return KNOWS.test(text) && USES.test(text);
    });
  // Where one is new: `copyCheckout` makes a copy without them. Then it has its reason here.
  expect(files.sort()).toEqual(Object.keys(REASONS));
});
