import { TerraformOutput } from "cdktf";
import type { Identity } from "../../../src/fleet/identity/identity";
import { LearnerLabIdentity } from "../../../src/fleet/identity/learner-lab-identity";
import {
  StandardIdentity,
  type StandardIdentityProps,
} from "../../../src/fleet/identity/standard-identity";
import { WORKSPACE_REGION } from "../../../src/fleet/stack/region-guard";
import { addresses, only, placeholder, synthWith, type TerraformJson } from "../../helpers/synth";

describe("in a Learner Lab", () => {
  let identity: Identity;
  let json: TerraformJson;
  beforeAll(() => {
    json = synthWith((stack) => {
      identity = new LearnerLabIdentity(stack, "identity");
    });
  });

  test("the lab's own role and instance profile are used, and no IAM object is created", () => {
    expect(addresses(json)).toEqual(["data.aws_iam_role.identity_lab"]);
    expect(json.data).toMatchObject({
      aws_iam_role: { identity_lab: { name: "LabRole" } },
    });
    expect(identity.instanceProfileName).toBe("LabInstanceProfile");
  });

  test("the container gets no credentials", () => {
    expect(identity.taskRoleArn).toBeUndefined();
  });
});

describe("in an ordinary account", () => {
  const standard = (props: Partial<StandardIdentityProps> = {}) =>
    synthWith((stack) => {
      const { instanceProfileName, dependables } = new StandardIdentity(stack, "identity", {
        name: "some",
        region: WORKSPACE_REGION,
        logGroupArn: "log-group-arn",
        repositoryArn: "repository-arn",
        ...props,
      });
      new TerraformOutput(stack, "profile", { value: instanceProfileName });
      placeholder(stack, "user", dependables);
    });

  const statements = (json: TerraformJson): Record<string, unknown>[] =>
    JSON.parse(only(json, "aws_iam_role_policy")["policy"] as string).Statement;

  test("the roles are the region's own: IAM is global, and each region has a fleet", () => {
    const names = Object.values(standard().resource["aws_iam_role"]!).map(({ name }) => name);
    expect(names.sort()).toEqual([
      "some-client-${terraform.workspace}",
      "some-execution-${terraform.workspace}",
      "some-task-${terraform.workspace}",
    ]);
  });

  test("the execution role may pull from this repository and write to this log group", () => {
    const json = standard();
    expect(only(json, "aws_iam_role_policy")["role"]).toBe(
      "${aws_iam_role.identity_execution.name}",
    );
    expect(statements(json)).toEqual([
      {
        Sid: "WriteLog",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: "log-group-arn:*",
      },
      {
        Sid: "PullImage",
        Effect: "Allow",
        Action: [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:GetDownloadUrlForLayer",
        ],
        Resource: "repository-arn",
      },
      {
        Sid: "LogInToEcr",
        Effect: "Allow",
        Action: ["ecr:GetAuthorizationToken"],
        Resource: "*",
      },
    ]);
  });

  test("the execution role needs nothing of ECR for an image from elsewhere", () => {
    expect(statements(standard({ repositoryArn: undefined })).map(({ Sid }) => Sid)).toEqual([
      "WriteLog",
    ]);
  });

  test("the task role permits nothing, and the client's what Systems Manager needs", () => {
    const json = standard();
    expect(only(json, "aws_iam_role_policy_attachment")).toMatchObject({
      role: "${aws_iam_role.identity_client.name}",
      policy_arn: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
    });
    expect(JSON.stringify(json.resource["aws_iam_role_policy"])).not.toContain("identity_task");
  });

  test("instances hold the client's role", () => {
    const json = standard();
    expect(only(json, "aws_iam_instance_profile")).toMatchObject({
      name: "${aws_iam_role.identity_client.name}",
      role: "${aws_iam_role.identity_client.name}",
    });
    expect(json.output!["profile"]!.value).toBe(
      "${aws_iam_instance_profile.identity_client_profile.name}",
    );
  });

  test("who takes a role on waits for its permissions", () => {
    expect(only(standard(), "terraform_data")["depends_on"]).toEqual([
      "aws_iam_role_policy.identity_execution_policy",
      "aws_iam_role_policy_attachment.identity_client_ssm",
    ]);
  });

  test("every role has the permissions boundary, and none unless it is set", () => {
    const boundaries = (json: TerraformJson) =>
      Object.values(json.resource["aws_iam_role"]!).map((role) => role["permissions_boundary"]);
    expect(boundaries(standard())).toEqual([undefined, undefined, undefined]);
    const permissionsBoundary = "arn:aws:iam::123456789012:policy/some";
    expect(boundaries(standard({ permissionsBoundary }))).toEqual([
      permissionsBoundary,
      permissionsBoundary,
      permissionsBoundary,
    ]);
  });

  test("each role is assumed by its one service", () => {
    const principals = Object.entries(standard().resource["aws_iam_role"]!).map(([name, role]) => [
      name,
      JSON.parse(role["assume_role_policy"] as string).Statement[0].Principal.Service,
    ]);
    expect(Object.fromEntries(principals)).toEqual({
      identity_client: "ec2.amazonaws.com",
      identity_execution: "ecs-tasks.amazonaws.com",
      identity_task: "ecs-tasks.amazonaws.com",
    });
  });
});
