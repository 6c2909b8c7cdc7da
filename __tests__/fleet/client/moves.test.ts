import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CHECKOUT } from "../../helpers/checkout";
import { synthFleet } from "../../helpers/fleet";
import { addresses } from "../../helpers/synth";
import { describeWith, TERRAFORM } from "../../helpers/tools";

/** The commands of docs/state.md, from the line on that names the client. */
const MOVE = /^client=client .*\n([^`]*)/m.exec(
  readFileSync(path.join(CHECKOUT, "docs/state.md"), "utf8"),
)![1]!;

/** What a client's resources were called before, in the one type that needs no provider. */
const FORMER = ["", "_default", "_private_1", "_endpoint_sg_from_vpc", "_instance_sg", "_instance"];

describeWith([TERRAFORM], "the clients of an older fleet", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "moves-"));

  afterAll(() => rmSync(directory, { recursive: true }));

  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: directory, encoding: "utf8" });

  const write = (names: readonly string[]) => {
    const resources = Object.fromEntries(names.map((name) => [name, {}]));
    writeFileSync(
      path.join(directory, "main.tf.json"),
      JSON.stringify({ resource: { terraform_data: resources } }),
    );
  };

  test("get the addresses that the stack has now", () => {
    const clients = ["client", "lab", "lab_2"];
    write(clients.flatMap((client) => FORMER.map((part) => `${client}${part}`)));
    run("terraform", "init");
    run("terraform", "apply", "-auto-approve");
    for (const client of clients) run("sh", "-ec", `client=${client}\n${MOVE}`);
    const moved = run("terraform", "state", "list").trim().split("\n");

    const now = addresses(
      synthFleet({ clients: [{ name: "client" }, { name: "lab" }, { name: "lab-2" }] }),
    );
    const names = new Set(now.map((address) => address.replace(/.*\./, "")));
    const missing = moved.filter((address) => !names.has(address.replace("terraform_data.", "")));
    expect([moved.length, missing]).toEqual([clients.length * FORMER.length, []]);
  }, 120_000);
});
