# A resolver that answers for the VPC's own names and the proxy's alone: what other names a machine asks for, it can
# write data into. It fails closed.

locals {
  firewalls = var.public_dns == "blocked" ? 1 : 0

  resolved_names = [
    # The endpoint's, those of single zones, too.
    replace(aws_vpc_endpoint.proxy.dns_entry[0].dns_name, "/^[^.]+/", "*"),
    local.proxy_host,
    "*.ec2.internal",
    "*.${data.aws_region.current.id}.compute.internal",
  ]
  # What the private DNS name stands before goes on being a name of the proxy's.
  further_names = var.private_dns_name == "none" ? [] : [local.chosen_host]
}

resource "aws_route53_resolver_firewall_rule_group" "this" {
  count = local.firewalls

  name = "${var.name}-dns"
  tags = var.tags
}

resource "aws_route53_resolver_firewall_domain_list" "allow" {
  count = local.firewalls

  name    = "${var.name}-allow"
  domains = concat(local.resolved_names, local.further_names, var.allowed_dns)
  tags    = var.tags
}

resource "aws_route53_resolver_firewall_domain_list" "block" {
  count = local.firewalls

  name    = "${var.name}-block"
  domains = ["*"]
  tags    = var.tags
}

resource "aws_route53_resolver_firewall_rule" "allow" {
  count = local.firewalls

  name                               = "allow"
  firewall_rule_group_id             = aws_route53_resolver_firewall_rule_group.this[0].id
  firewall_domain_list_id            = aws_route53_resolver_firewall_domain_list.allow[0].id
  priority                           = 100
  action                             = "ALLOW"
  firewall_domain_redirection_action = "TRUST_REDIRECTION_DOMAIN"
}

resource "aws_route53_resolver_firewall_rule" "block" {
  count = local.firewalls

  name                    = "block"
  firewall_rule_group_id  = aws_route53_resolver_firewall_rule_group.this[0].id
  firewall_domain_list_id = aws_route53_resolver_firewall_domain_list.block[0].id
  priority                = 200
  action                  = "BLOCK"
  block_response          = "NXDOMAIN"
}

resource "aws_route53_resolver_firewall_config" "this" {
  count = local.firewalls

  resource_id        = var.vpc_id
  firewall_fail_open = "DISABLED"
}

resource "aws_route53_resolver_firewall_rule_group_association" "this" {
  count = local.firewalls

  name                   = var.name
  firewall_rule_group_id = aws_route53_resolver_firewall_rule_group.this[0].id
  vpc_id                 = var.vpc_id
  priority               = 150
  tags                   = var.tags

  # A group without rules lets everything pass: it takes effect whole, and goes whole.
  depends_on = [
    aws_route53_resolver_firewall_rule.allow,
    aws_route53_resolver_firewall_rule.block,
    aws_route53_resolver_firewall_config.this,
  ]
}
