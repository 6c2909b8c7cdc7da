import { spawnSync } from "node:child_process";
import { readOutputs } from "../state/workspace";
import { alternatives, reportUserErrors, UserError } from "../user-error";
import { loadDeployment } from "./deployment";

/** The programs a session needs, and where AWS says how to install them. */
const GUIDES = {
  aws: "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html",
  "session-manager-plugin":
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html",
};

/** Opens a Session Manager shell on a client's test instance: `npm run connect [-- <client>]`. */
void reportUserErrors(() => {
  const { settings, workspace } = loadDeployment("connect");
  const names = settings.clients
    .filter(({ instanceType }) => instanceType !== "none")
    .map(({ name }) => name);
  const [name = names[0]] = process.argv.slice(2);
  if (name === undefined || !names.includes(name)) {
    throw new UserError(
      names.length === 0
        ? "No client in cdktf.json has a test instance."
        : `${JSON.stringify(name)} is no client with a test instance. Allowed: ${alternatives(names)}.`,
    );
  }
  const instanceId = readOutputs(workspace)[`${name.replaceAll("-", "_")}_instance_id`];
  if (typeof instanceId !== "string") {
    throw new UserError(
      `There is no instance of client ${name} in ${workspace.region}. ` +
        `Type: TF_WORKSPACE=${workspace.region} npm run deploy`,
    );
  }
  for (const [tool, guide] of Object.entries(GUIDES)) {
    if (spawnSync(tool, ["--version"], { stdio: "ignore" }).error) {
      throw new UserError(`${tool} is not installed, and a session needs it: ${guide}`);
    }
  }
  const { status } = spawnSync(
    "aws",
    ["ssm", "start-session", "--target", instanceId, "--region", workspace.region],
    { stdio: "inherit" },
  );
  process.exitCode = status ?? 1;
});
