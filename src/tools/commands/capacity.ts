import { PROJECT_ROOT } from "../../common/project-root";
import { reportUserErrors, UserError } from "../../common/user-error";
import { loadConfiguration } from "../../configuration/configuration";
import { defaultTargetFlowsPerTask } from "../../fleet/proxy/auto-scaling";
import { parseCapacityOptions } from "../capacity/options";
import { recommend } from "../capacity/recommendation";
import { advice, report } from "../capacity/report";
import { taskCapacity } from "../capacity/task-size";
import { traces } from "../capacity/trace";

/** Says what the settings do with a peak, and what to set: `npm run capacity -- --peak-tunnels 1200 …`. */
void reportUserErrors(() => {
  const { settings } = loadConfiguration(PROJECT_ROOT, process.env);
  const peak = parseCapacityOptions(process.argv.slice(2));
  if ("mistakes" in peak) throw new UserError(peak.mistakes.join("\n"));
  const { service, proxy } = settings;
  const task = taskCapacity(service, proxy);
  const targetFlowsPerTask =
    service.targetFlowsPerTask ?? defaultTargetFlowsPerTask(task.connections);
  const current = { task, tracking: { ...service, targetFlowsPerTask } };
  const { loads, day } = traces(peak);
  console.log(`${report(current, loads)}\n`);
  const recommended = recommend({ loads, day, proxy, tracking: current.tracking });
  console.log(advice(current, recommended, loads, day));
});
