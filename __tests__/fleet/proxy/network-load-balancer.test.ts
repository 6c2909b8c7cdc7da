import { NetworkLoadBalancer } from "../../../src/fleet/proxy/network-load-balancer";
import { only, synthWith } from "../../helpers/synth";

const loadBalancer = (ingressCidrs?: string[]) =>
  synthWith((stack) => {
    new NetworkLoadBalancer(stack, "nlb", {
      name: "some-nlb",
      targetGroupName: "some-tg",
      securityGroupName: "some-nlb-sg",
      vpcId: "vpc-1",
      subnetIds: ["subnet-1", "subnet-2"],
      port: 3128,
      ingressCidrs,
    });
  });

test("is internal, crosses zones, and has a security group from birth", () => {
  expect(only(loadBalancer(), "aws_lb")).toMatchObject({
    name: "some-nlb",
    load_balancer_type: "network",
    internal: true,
    enable_cross_zone_load_balancing: true,
    subnets: ["subnet-1", "subnet-2"],
    security_groups: ["${aws_security_group.nlb_sg.id}"],
    enforce_security_group_inbound_rules_on_private_link_traffic: "off",
  });
});

test("sends TCP 3128 to addresses that are checked often and leave gently", () => {
  const json = loadBalancer();
  expect(only(json, "aws_lb_listener")).toMatchObject({
    load_balancer_arn: "${aws_lb.nlb.arn}",
    port: 3128,
    protocol: "TCP",
    default_action: [
      { type: "forward", target_group_arn: "${aws_lb_target_group.nlb_targets.arn}" },
    ],
    tags: { Name: "some-nlb-3128" },
  });
  expect(only(json, "aws_lb_target_group")).toMatchObject({
    name: "some-tg",
    target_type: "ip",
    protocol: "TCP",
    port: 3128,
    deregistration_delay: "120",
    connection_termination: false,
    preserve_client_ip: "false",
    proxy_protocol_v2: true,
    health_check: {
      protocol: "HTTP",
      port: "traffic-port",
      path: "/",
      matcher: "200-599",
      interval: 15,
      timeout: 10,
      healthy_threshold: 2,
      unhealthy_threshold: 2,
    },
  });
});

test("admits nobody but PrivateLink", () => {
  expect(loadBalancer().resource).not.toHaveProperty("aws_vpc_security_group_ingress_rule");
});

test("admits the networks that are listed, under addresses that their order does not change", () => {
  const rules = loadBalancer(["10.8.0.0/16", "10.9.0.0/16"]).resource[
    "aws_vpc_security_group_ingress_rule"
  ];
  expect(rules).toMatchObject({
    nlb_sg_from_10_8_0_0_16: { cidr_ipv4: "10.8.0.0/16", from_port: 3128, to_port: 3128 },
    nlb_sg_from_10_9_0_0_16: { cidr_ipv4: "10.9.0.0/16", ip_protocol: "tcp" },
  });
});
