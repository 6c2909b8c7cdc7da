# An endpoint to the proxy in a VPC that exists, a security group that says who may use it, and a name. Nothing of
# the service is looked up: the account that runs this may not see it.

data "aws_region" "current" {}

data "aws_vpc" "this" {
  id = var.vpc_id

  lifecycle {
    postcondition {
      condition     = self.enable_dns_support && self.enable_dns_hostnames
      error_message = "The VPC ${var.vpc_id} needs DNS support and DNS hostnames, without which no machine in it finds the proxy by its name. Switch both on: enableDnsSupport and enableDnsHostnames."
    }
  }
}

data "aws_subnet" "this" {
  # Not for_each: the ids may be known only when the subnets have been made.
  count = length(var.subnet_ids)
  id    = var.subnet_ids[count.index]

  lifecycle {
    postcondition {
      condition     = self.vpc_id == var.vpc_id
      error_message = "The subnet ${self.id} is in the VPC ${self.vpc_id}, and the endpoint in ${var.vpc_id}. Name subnets of that one."
    }
    postcondition {
      condition     = local.is_abroad || length(var.zone_ids) == 0 || contains(var.zone_ids, self.availability_zone_id)
      error_message = "The subnet ${self.id} is in the zone ${self.availability_zone_id}, and the service in ${join(", ", var.zone_ids)} alone. Name a subnet in one of these."
    }
  }
}

locals {
  port = 3128

  service_region = split(".", var.service_name)[3]
  # Both versions 5 and 6 of the provider have the region's name as its id.
  is_abroad = local.service_region != data.aws_region.current.id

  vpc_cidrs     = data.aws_vpc.this.cidr_block_associations[*].cidr_block
  allowed_cidrs = length(var.allowed_cidrs) + length(var.allowed_security_group_ids) > 0 ? var.allowed_cidrs : local.vpc_cidrs

  chosen_host = var.dns_name == "none" ? aws_vpc_endpoint.proxy.dns_entry[0].dns_name : var.dns_name
  proxy_host  = var.private_dns_name == "none" ? local.chosen_host : var.private_dns_name
}

resource "aws_security_group" "endpoint" {
  name        = "${var.name}-endpoint-sg"
  description = "Endpoint of the proxy"
  vpc_id      = var.vpc_id

  # Here, and not as resources of their own: how many there are may be known only when the VPC has been made.
  ingress {
    description     = "Proxy requests from this VPC"
    protocol        = "tcp"
    from_port       = local.port
    to_port         = local.port
    cidr_blocks     = local.allowed_cidrs
    security_groups = var.allowed_security_group_ids
  }

  tags = merge(var.tags, { Name = "${var.name}-endpoint-sg" })
}

resource "aws_vpc_endpoint" "proxy" {
  vpc_id             = var.vpc_id
  vpc_endpoint_type  = "Interface"
  service_name       = var.service_name
  service_region     = local.is_abroad ? local.service_region : null
  subnet_ids         = var.subnet_ids
  security_group_ids = [aws_security_group.endpoint.id]
  # Not here, where there is to be one: AWS wants an endpoint to be accepted before.
  private_dns_enabled = var.private_dns_name == "none" ? false : null

  tags = merge(var.tags, { Name = var.name })

  lifecycle {
    precondition {
      condition     = length(distinct(data.aws_subnet.this[*].availability_zone_id)) == length(var.subnet_ids)
      error_message = "An endpoint has one subnet for each zone, and these are in ${join(", ", data.aws_subnet.this[*].availability_zone_id)}. Name one for each zone in subnet_ids."
    }
  }
}

resource "aws_vpc_endpoint_private_dns" "name" {
  count = var.private_dns_name == "none" ? 0 : 1

  vpc_endpoint_id     = aws_vpc_endpoint.proxy.id
  private_dns_enabled = true
}

resource "aws_route53_zone" "name" {
  count = var.dns_name == "none" ? 0 : 1

  name    = var.dns_name
  comment = "The proxy's name in this VPC"

  vpc {
    vpc_id = var.vpc_id
  }

  tags = merge(var.tags, { Name = var.name })
}

resource "aws_route53_record" "name" {
  count = var.dns_name == "none" ? 0 : 1

  zone_id = aws_route53_zone.name[0].zone_id
  name    = var.dns_name
  type    = "A"

  alias {
    name                   = aws_vpc_endpoint.proxy.dns_entry[0].dns_name
    zone_id                = aws_vpc_endpoint.proxy.dns_entry[0].hosted_zone_id
    evaluate_target_health = false
  }
}
