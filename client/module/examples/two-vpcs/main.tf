# Two VPCs that exist use the same proxy. In `office` every machine may, in `batch` only those in one security group.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.83"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

locals {
  # What the fleet's owners have handed over: its outputs endpoint_service_name and zone_ids.
  service_name = "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0"
  zone_ids     = ["use1-az1", "use1-az2"]
}

module "office" {
  source = "../.."

  name         = "office"
  service_name = local.service_name
  zone_ids     = local.zone_ids
  vpc_id       = "vpc-0123456789abcdef0"
  subnet_ids   = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
}

module "batch" {
  source = "../.."

  name                       = "batch"
  service_name               = local.service_name
  zone_ids                   = local.zone_ids
  vpc_id                     = "vpc-0123456789abcdef1"
  subnet_ids                 = ["subnet-0123456789abcdef2"]
  allowed_security_group_ids = ["sg-0123456789abcdef0"]
  tags                       = { CostCentre = "4711" }
}

output "proxy_urls" {
  description = "The proxy's URL in each VPC."
  value       = { office = module.office.proxy_url, batch = module.batch.proxy_url }
}

output "endpoint_ids" {
  description = "For the fleet's owners."
  value       = { office = module.office.endpoint_id, batch = module.batch.endpoint_id }
}
