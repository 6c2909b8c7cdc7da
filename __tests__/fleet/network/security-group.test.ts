import { ref, TerraformIterator, Token } from "cdktf";
import { SecurityGroup } from "../../../src/fleet/network/security-group";
import { addresses, only, placeholder, synthWith } from "../../helpers/synth";

const group = (open: (group: SecurityGroup) => void = () => {}) =>
  synthWith((stack) => {
    const securityGroup = new SecurityGroup(stack, "sg", {
      name: "some-sg",
      description: "Of a test",
      vpcId: "vpc-1",
    });
    open(securityGroup);
    placeholder(stack, "user", securityGroup.dependables);
  });

test("admits and emits nothing by itself", () => {
  const json = group();
  expect(addresses(json)).toEqual(["aws_security_group.sg", "terraform_data.user"]);
  const block = only(json, "aws_security_group");
  expect(block).toMatchObject({
    name: "some-sg",
    description: "Of a test",
    vpc_id: "vpc-1",
    tags: { Name: "some-sg" },
  });
  // Rules in the group itself would fight with those beside it.
  expect(block).not.toHaveProperty("ingress");
  expect(block).not.toHaveProperty("egress");
});

test("opens one TCP port towards a network or a group, and who uses it waits for that", () => {
  const json = group((sg) => {
    sg.allowIngress("from-lan", { peer: { cidr: "10.1.0.0/16" }, port: 3128, description: "In" });
    sg.allowEgress("to-proxy", {
      peer: { securityGroupId: "sg-2" },
      port: 443,
      description: "Out",
    });
  });
  expect(only(json, "aws_vpc_security_group_ingress_rule")).toEqual(
    expect.objectContaining({
      security_group_id: "${aws_security_group.sg.id}",
      cidr_ipv4: "10.1.0.0/16",
      ip_protocol: "tcp",
      from_port: 3128,
      to_port: 3128,
      description: "In",
      tags: { Name: "some-sg-from-lan" },
    }),
  );
  const egress = only(json, "aws_vpc_security_group_egress_rule");
  expect(egress).toMatchObject({
    security_group_id: "${aws_security_group.sg.id}",
    referenced_security_group_id: "sg-2",
    ip_protocol: "tcp",
    from_port: 443,
    to_port: 443,
    description: "Out",
    tags: { Name: "some-sg-to-proxy" },
  });
  expect(egress).not.toHaveProperty("cidr_ipv4");
  expect(only(json, "terraform_data")["depends_on"]).toEqual([
    "aws_vpc_security_group_ingress_rule.sg_from_lan",
    "aws_vpc_security_group_egress_rule.sg_to_proxy",
  ]);
});

test("opens a port towards each of several networks, which Terraform may be the one to know", () => {
  const cidrs = TerraformIterator.fromList(Token.asList(ref("local.cidrs")));
  const json = group((sg) => {
    sg.allowIngress("from-lans", { peer: { cidrs }, port: 3128, description: "In" });
  });
  expect(only(json, "aws_vpc_security_group_ingress_rule")).toMatchObject({
    for_each: "${toset(local.cidrs)}",
    cidr_ipv4: "${each.value}",
    from_port: 3128,
  });
  expect(json.resource["terraform_data"]!["user"]!["depends_on"]).toEqual([
    "aws_vpc_security_group_ingress_rule.sg_from_lans",
  ]);
});
