import type { FleetArns, FleetInAccount } from "./fleet-arns";
import { MANAGE_ACTIONS } from "../terraform/type-permissions";
import type { Statement } from "../../fleet/identity/policy-document";

/** What is done to a scalable target that has no tags yet. */
const ON_UNTAGGED = [
  "application-autoscaling:RegisterScalableTarget",
  "application-autoscaling:TagResource",
];

/**
 * Makes a scalable target of the ECS service, and scales it. AWS numbers these, so they are told
 * apart by the kind of what they scale, which requests about tags do not say, and by their tag.
 */
export function manageScaling(
  { name }: Pick<FleetInAccount, "name">,
  arns: FleetArns,
): Statement[] {
  const isOfEcs = { "application-autoscaling:service-namespace": "ecs" };
  const isOurs = { "aws:ResourceTag/Project": name };
  return [
    {
      Sid: "RegisterService",
      Effect: "Allow",
      Action: ON_UNTAGGED,
      Resource: arns.scalableTargets,
      Condition: { StringEqualsIfExists: { ...isOfEcs, ...isOurs } },
    },
    {
      Sid: "ScaleOwn",
      Effect: "Allow",
      Action: MANAGE_ACTIONS.filter((action) => isScaling(action) && !ON_UNTAGGED.includes(action)),
      Resource: arns.scalableTargets,
      Condition: { StringEquals: isOurs, StringEqualsIfExists: isOfEcs },
    },
  ];
}

/** Whether it is an action of Application Auto Scaling. */
export function isScaling(action: string): boolean {
  return action.startsWith("application-autoscaling:");
}
