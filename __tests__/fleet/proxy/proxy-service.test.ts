import type { Identity } from "../../../src/fleet/identity/identity";
import { AvailabilityZones } from "../../../src/fleet/network/availability-zones";
import { Vpc } from "../../../src/fleet/network/vpc";
import { NetworkLoadBalancer } from "../../../src/fleet/proxy/network-load-balancer";
import { ProxyService, type ProxyServiceProps } from "../../../src/fleet/proxy/proxy-service";
import { only, synthWith, placeholder } from "../../helpers/synth";

const region = "us-east-1";

function service(props: Partial<ProxyServiceProps> = {}) {
  return synthWith((stack) => {
    const vpc = new Vpc(stack, "net", {
      name: "some",
      cidr: "10.0.0.0/16",
      azs: 2,
      publicSubnets: "one-per-az",
      natGateways: "one-per-az",
      availabilityZones: new AvailabilityZones(stack, "azs", { atLeast: 2 }),
      region,
    });
    const identity: Identity = {
      executionRoleArn: "execution-role",
      taskRoleArn: "task-role",
      instanceProfileName: "profile",
      dependables: [placeholder(stack, "role-policy")],
    };
    const { dependables } = new ProxyService(stack, "proxy", {
      clusterName: "some-cluster",
      serviceName: "some-service",
      taskFamily: "some-web",
      securityGroupName: "service-some-sg",
      vpc,
      loadBalancer: new NetworkLoadBalancer(stack, "nlb", {
        name: "some-nlb",
        targetGroupName: "some-tg",
        securityGroupName: "some-nlb-sg",
        vpcId: vpc.vpcId,
        subnetIds: vpc.privateSubnetIds,
        port: 3128,
      }),
      identity,
      container: { name: "some-container", image: "registry/some:1" },
      port: 3128,
      egressPorts: [80, 443],
      cpu: 256,
      memoryMiB: 512,
      cpuArchitecture: "X86_64",
      desiredCount: 3,
      onDemandBase: 0,
      spotWeight: 0,
      healthCheckGracePeriodSeconds: 60,
      containerInsights: "disabled",
      dependsOn: [placeholder(stack, "push")],
      ...props,
    });
    placeholder(stack, "user", dependables);
  });
}

test.each(["disabled", "enabled", "enhanced"] as const)(
  "the cluster has Container Insights %s and both Fargate capacity providers",
  (containerInsights) => {
    const json = service({ containerInsights });
    expect(only(json, "aws_ecs_cluster")).toMatchObject({
      name: "some-cluster",
      setting: [{ name: "containerInsights", value: containerInsights }],
    });
    expect(only(json, "aws_ecs_cluster_capacity_providers")).toMatchObject({
      capacity_providers: ["FARGATE", "FARGATE_SPOT"],
    });
  },
);

test.each(["X86_64", "ARM64"] as const)("the task runs on Fargate, on %s", (cpuArchitecture) => {
  expect(only(service({ cpuArchitecture }), "aws_ecs_task_definition")).toMatchObject({
    family: "some-web",
    requires_compatibilities: ["FARGATE"],
    network_mode: "awsvpc",
    cpu: "256",
    memory: "512",
    runtime_platform: { operating_system_family: "LINUX", cpu_architecture: cpuArchitecture },
    execution_role_arn: "execution-role",
    task_role_arn: "task-role",
  });
});

test("its one container is the one that is handed in", () => {
  const { container_definitions } = only(service(), "aws_ecs_task_definition");
  expect(JSON.parse(container_definitions as string)).toEqual([
    { name: "some-container", image: "registry/some:1" },
  ]);
});

test("capacity providers wait for the load balancer, and so for the role of an account's first cluster", () => {
  const json = service();
  expect(only(json, "aws_ecs_cluster")).not.toHaveProperty("depends_on");
  expect(only(json, "aws_ecs_cluster_capacity_providers")["depends_on"]).toEqual([
    "aws_lb_listener.nlb_listener",
  ]);
});

test("a deployment that ECS rolls back fails, whatever the local clock says", () => {
  expect(only(service(), "aws_ecs_service")["lifecycle"]).toMatchObject({
    postcondition: [
      { condition: "${self.task_definition == aws_ecs_task_definition.proxy_task.arn}" },
    ],
  });
});

test("the service is replaced in order, rolled back by itself, and done when it is steady", () => {
  expect(only(service(), "aws_ecs_service")).toMatchObject({
    name: "some-service",
    cluster: "${aws_ecs_cluster.proxy_cluster.arn}",
    task_definition: "${aws_ecs_task_definition.proxy_task.arn}",
    desired_count: 3,
    deployment_minimum_healthy_percent: 100,
    deployment_maximum_percent: 200,
    deployment_circuit_breaker: { enable: true, rollback: true },
    health_check_grace_period_seconds: 60,
    wait_for_steady_state: true,
    force_new_deployment: true,
    lifecycle: { ignore_changes: ["desired_count"] },
    propagate_tags: "SERVICE",
    load_balancer: [
      {
        target_group_arn: "${aws_lb_target_group.nlb_targets.arn}",
        container_name: "some-container",
        container_port: 3128,
      },
    ],
  });
});

test("the revision that ECS may roll back to stays until the new one runs", () => {
  expect(only(service(), "aws_ecs_task_definition")).toMatchObject({
    lifecycle: { create_before_destroy: true },
  });
});

test("the tasks are in the private subnets without public addresses", () => {
  expect(only(service(), "aws_ecs_service")["network_configuration"]).toEqual({
    subnets: ["${aws_subnet.net_private_1.id}", "${aws_subnet.net_private_2.id}"],
    security_groups: ["${aws_security_group.proxy_sg.id}"],
    assign_public_ip: false,
  });
});

test("the first task starts only after everything it needs", () => {
  expect(only(service(), "aws_ecs_service")["depends_on"]).toEqual(
    expect.arrayContaining([
      "aws_ecs_cluster_capacity_providers.proxy_capacity",
      "aws_lb_listener.nlb_listener",
      "aws_route.net_private_1_nat",
      "aws_route.net_private_2_nat",
      "aws_route_table_association.net_private_1_association",
      "aws_vpc_security_group_ingress_rule.proxy_sg_from_nlb",
      "aws_vpc_security_group_egress_rule.proxy_sg_to_https",
      "aws_vpc_security_group_egress_rule.nlb_sg_to_tasks",
      "terraform_data.push",
      "terraform_data.role_policy",
    ]),
  );
});

test("clients wait for the service, and so for tasks that are running and healthy", () => {
  expect(service().resource["terraform_data"]!["user"]!["depends_on"]).toEqual([
    "aws_ecs_service.proxy_service",
  ]);
});

describe("capacity", () => {
  const strategy = (onDemandBase: number, spotWeight: number) =>
    only(service({ onDemandBase, spotWeight }), "aws_ecs_service")["capacity_provider_strategy"];

  test("is all on demand by default", () => {
    expect(strategy(0, 0)).toEqual([{ capacity_provider: "FARGATE", base: 0, weight: 1 }]);
  });

  test("has a base on demand and the rest by weight", () => {
    expect(strategy(2, 3)).toEqual([
      { capacity_provider: "FARGATE", base: 2, weight: 1 },
      { capacity_provider: "FARGATE_SPOT", weight: 3 },
    ]);
  });
});

describe("the tasks may connect to", () => {
  const egress = (props: Partial<ProxyServiceProps>) =>
    Object.entries(service(props).resource["aws_vpc_security_group_egress_rule"]!)
      .filter(([name]) => name.startsWith("proxy_sg"))
      .map(([name, { from_port, to_port, description }]) => [
        name,
        from_port,
        to_port,
        description,
      ]);

  test("the ports that they are to, each once, under addresses that say which", () => {
    expect(egress({ egressPorts: [80, 8080, 443, 8080, 8443] })).toEqual([
      ["proxy_sg_to_8080", 8080, 8080, "TCP 8080 to the Internet"],
      ["proxy_sg_to_8443", 8443, 8443, "TCP 8443 to the Internet"],
      ["proxy_sg_to_http", 80, 80, "HTTP to the Internet"],
      ["proxy_sg_to_https", 443, 443, "HTTPS to the Internet"],
    ]);
  });

  test("the AWS services they need even where no client may use that port", () => {
    expect(egress({ egressPorts: [8443] })).toEqual([
      ["proxy_sg_to_8443", 8443, 8443, "TCP 8443 to the Internet"],
      ["proxy_sg_to_https", 443, 443, "HTTPS to the Internet"],
    ]);
  });
});

test("reachability is the path from the load balancer to the web, and nothing else", () => {
  const json = service();
  const rules = (direction: string) =>
    Object.fromEntries(
      Object.entries(json.resource[`aws_vpc_security_group_${direction}_rule`] ?? {}).map(
        ([name, rule]) => [
          name,
          [
            rule["security_group_id"],
            rule["from_port"],
            rule["to_port"],
            rule["referenced_security_group_id"] ?? rule["cidr_ipv4"],
          ],
        ],
      ),
    );
  const tasks = "${aws_security_group.proxy_sg.id}";
  const balancer = "${aws_security_group.nlb_sg.id}";
  expect(rules("ingress")).toEqual({ proxy_sg_from_nlb: [tasks, 3128, 3128, balancer] });
  expect(rules("egress")).toEqual({
    nlb_sg_to_tasks: [balancer, 3128, 3128, tasks],
    proxy_sg_to_http: [tasks, 80, 80, "0.0.0.0/0"],
    proxy_sg_to_https: [tasks, 443, 443, "0.0.0.0/0"],
  });
});

test.each([
  [300, 512, "stack/proxy: cpu is 300; Fargate offers 256, 512, 1024"],
  [256, 4096, "stack/proxy: memoryMiB is 4096; with cpu 256 Fargate offers 512, 1024, 2048"],
])("Fargate has no task of %i CPU units and %i MiB", (cpu, memoryMiB, message) => {
  expect(() => service({ cpu, memoryMiB })).toThrow(message);
});
