import type { FleetArns } from "./fleet-arns";
import { MANAGE_ACTIONS, READ_ACTIONS } from "../terraform/type-permissions";
import type { Statement } from "../../fleet/identity/policy-document";

/**
 * Of saved queries AWS knows no resources, so that those of others could be read and changed; of alarms,
 * Application Auto Scaling asks for the list in the caller's name.
 */
const ACCOUNT_WIDE = [
  "cloudwatch:DescribeAlarms",
  "logs:DeleteQueryDefinition",
  "logs:DescribeQueryDefinitions",
  "logs:PutQueryDefinition",
];

/** Reads the dashboard, the alarms, whom they tell, and the saved queries. */
export function readMonitoring(arns: FleetArns): Statement[] {
  return statements("Read", READ_ACTIONS.filter(isMonitoring), arns.monitoring);
}

/** Makes them, and the alarms by which the service is scaled. */
export function manageMonitoring(arns: FleetArns): Statement[] {
  const resources = [...arns.monitoring, arns.scalingAlarms];
  return statements("Manage", MANAGE_ACTIONS.filter(isMonitoring), resources);
}

/** Whether it is an action on what watches the fleet. Metric filters are part of the log group. */
export function isMonitoring(action: string): boolean {
  return /^(cloudwatch|sns):/.test(action) || ACCOUNT_WIDE.includes(action);
}

function statements(
  verb: string,
  actions: readonly string[],
  resources: readonly string[],
): Statement[] {
  const isAccountWide = (action: string) => ACCOUNT_WIDE.includes(action);
  return [
    {
      Sid: `${verb}MonitoringOfAccount`,
      Effect: "Allow",
      Action: actions.filter(isAccountWide),
      Resource: "*",
    },
    {
      Sid: `${verb}Monitoring`,
      Effect: "Allow",
      Action: actions.filter((action) => !isAccountWide(action)),
      Resource: resources,
    },
  ];
}
