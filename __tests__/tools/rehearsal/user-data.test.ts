import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { renderTemplate } from "../../../src/tools/rehearsal/user-data";
import { CHECKOUT } from "../../helpers/checkout";
import { describeWith, TERRAFORM } from "../../helpers/tools";

const TEMPLATE = path.join(CHECKOUT, "client/userdata.sh");
const SCRIPT = path.join(CHECKOUT, "client/use-proxy.sh");
const VALUES = { proxy_host: "endpoint", proxy_port: 3128 };

test("a name without a value is an error", () => {
  expect(() => renderTemplate("a ${missing}", {})).toThrow(
    'the template has no value for "missing"',
  );
});

describeWith([TERRAFORM], "the client's first boot in a rehearsal", () => {
  test("is the script that Terraform makes", () => {
    const values = `merge(${JSON.stringify(VALUES)}, { use_proxy = file(${JSON.stringify(SCRIPT)}) })`;
    const call = `templatefile(${JSON.stringify(TEMPLATE)}, ${values})`;
    const { stdout } = spawnSync("terraform", ["console"], {
      input: `jsonencode(${call})\n`,
      encoding: "utf8",
    });
    const rendered = renderTemplate(readFileSync(TEMPLATE, "utf8"), {
      ...VALUES,
      use_proxy: readFileSync(SCRIPT, "utf8"),
    });
    // The console prints the JSON as a quoted string of its own.
    expect(rendered).toBe(JSON.parse(JSON.parse(stdout) as string));
  });
});
