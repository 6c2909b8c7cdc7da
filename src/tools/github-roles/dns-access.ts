import { MANAGE_ACTIONS, READ_ACTIONS } from "../terraform/type-permissions";
import type { Statement } from "../../fleet/identity/policy-document";

/** Zones are numbered, and IAM does not know their tags. */
const ZONES = ["arn:aws:route53:::hostedzone/*", "arn:aws:route53:::change/*"];

const CREATE_ZONE = "route53:CreateHostedZone";
const CHANGE_RECORDS = "route53:ChangeResourceRecordSets";

/** Reads what names Route 53 has in this account. */
export function readDns(): Statement {
  return { Sid: "ReadDns", Effect: "Allow", Action: READ_ACTIONS.filter(isDns), Resource: ZONES };
}

/**
 * Makes zones and deletes empty ones, which Route 53 grants for all of an account or for none; and in
 * whatever zone, the proxy's names alone.
 *
 * @param names the names of the records, as Route 53 writes them: in small letters, without a dot at the end; `*`
 * stands for any characters.
 */
export function manageDns(names: readonly string[]): Statement[] {
  if (names.length === 0) return [];
  const actions = MANAGE_ACTIONS.filter(isDns);
  return [
    { Sid: "CreateZones", Effect: "Allow", Action: [CREATE_ZONE], Resource: "*" },
    {
      Sid: "ManageZones",
      Effect: "Allow",
      Action: actions.filter((action) => action !== CREATE_ZONE && action !== CHANGE_RECORDS),
      Resource: ZONES,
    },
    {
      Sid: "ChangeNames",
      Effect: "Allow",
      Action: [CHANGE_RECORDS],
      Resource: ZONES,
      Condition: {
        "ForAllValues:StringLike": {
          "route53:ChangeResourceRecordSetsNormalizedRecordNames": names,
        },
      },
    },
  ];
}

/** Whether it is an action on names, which are in force in all regions. */
export function isDns(action: string): boolean {
  return action.startsWith("route53:");
}
