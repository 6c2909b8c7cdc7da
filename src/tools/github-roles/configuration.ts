import { loadConfiguration } from "../../configuration/configuration";
import { PublishedImage } from "../../fleet/image/published-image";
import { SETTINGS_KEY, type Settings } from "../../configuration/settings";
import type { S3State } from "../../fleet/stack/backend";
import { UserError } from "../../common/user-error";
import type { RolesProps } from "./roles";

/** What the roles of GitHub's workflows depend on. */
export interface RolesConfiguration {
  readonly settings: Settings;
  readonly github: NonNullable<Settings["github"]>;
  /** The state of the fleet, and, in a folder of its own, of the roles. */
  readonly state: S3State;
}

/**
 * @param directory the folder with cdktf.json.
 * @param variables usually `process.env`. The workspace is passed over: the roles are for all regions.
 * @throws UserError with every mistake in the fleet's configuration; or with all that the roles lack.
 */
export function loadRolesConfiguration(
  directory: string,
  variables: Readonly<Record<string, string | undefined>>,
): RolesConfiguration {
  const { settings, environment } = loadConfiguration(directory, {
    ...variables,
    TF_WORKSPACE: undefined,
  });
  if (settings.account === "learner-lab") {
    throw new UserError(
      "A Learner Lab cannot create IAM roles: the workflows need an ordinary account, " +
        '"account": "standard" in cdktf.json.',
    );
  }
  const { github } = settings;
  const { state } = environment;
  const missing: string[] = [];
  if (github === undefined) {
    missing.push(
      `cdktf.json, context: ${SETTINGS_KEY}.github is missing, such as ` +
        '"github": { "repository": "<owner>/<name>", "oidcProvider": "create" }',
    );
  }
  if (state.kind === "local") {
    missing.push(
      "environment variable STATE_BUCKET is not set, and the workflows need a state that they share: " +
        "STATE_BUCKET=<a bucket name of your own> npm run state:create",
    );
  }
  if (github === undefined || state.kind === "local") {
    const lines = missing.map((line) => `\n  ${line}`);
    throw new UserError(`The roles of GitHub's workflows need more:${lines.join("")}`);
  }
  return { settings, github, state };
}

/** @param accountId the twelve digits of the AWS account. */
export function rolesProps(
  { settings, github, state }: RolesConfiguration,
  accountId: string,
): RolesProps {
  const { name, regions, permissionsBoundary, image, dnsName, vpc, clients } = settings;
  const { privateDns } = settings.endpointService;
  return {
    name,
    accountId,
    regions,
    bucket: state.bucket,
    repository: github.repository,
    repositoryArn:
      image.uri === undefined ? undefined : new PublishedImage(image.uri).repositoryArn,
    permissionsBoundary,
    dnsNames: [
      ...(dnsName === undefined ? [] : [dnsName]),
      // AWS makes up the first label of the record that proves it.
      ...(privateDns === undefined ? [] : [`_*.${privateDns.dnsName}`]),
    ],
    existingVpcs: [
      // In the service VPC no endpoint is made, which would name its subnets.
      ...("vpcId" in vpc ? [{ vpcId: vpc.vpcId, subnetIds: [] }] : []),
      ...clients.flatMap(({ vpc }) => ("vpcId" in vpc ? [vpc] : [])),
    ],
    rulesPreview: github.rulesPreview,
  };
}
