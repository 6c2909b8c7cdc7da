import { spawnSync } from "node:child_process";
import { readOutputs } from "../terraform/workspace";
import { reportUserErrors, UserError } from "../../common/user-error";
import { loadDeployment } from "./deployment";
import { clientsWithInstance, instanceIdOf } from "./test-instances";

/** The programs a session needs, and where AWS says how to install them. */
const GUIDES = {
  aws: "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html",
  "session-manager-plugin":
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html",
};

/** Opens a Session Manager shell on a client's test instance: `npm run connect [-- <client>]`. */
void reportUserErrors(() => {
  const { settings, workspace } = loadDeployment("connect");
  const [client] = clientsWithInstance(settings, process.argv[2]);
  const instanceId = instanceIdOf(client, readOutputs(workspace), workspace);
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
