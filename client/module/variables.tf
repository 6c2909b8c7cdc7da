variable "service_name" {
  description = "The name of the proxy's endpoint service: the fleet's output endpoint_service_name."
  type        = string

  validation {
    condition     = can(regex("^com\\.amazonaws\\.vpce\\.[a-z0-9-]+\\.vpce-svc-([0-9a-f]{8}|[0-9a-f]{17})$", var.service_name))
    error_message = "service_name must be the name of an endpoint service such as com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0: the fleet's output endpoint_service_name."
  }
}

variable "zone_ids" {
  description = "The ids of the service's availability zones, such as use1-az1: the fleet's output zone_ids. With them, a plan says which subnet is in another zone; without them, AWS refuses it during the apply. From another region there is nothing to check."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for id in var.zone_ids : can(regex("^[a-z]{3,4}[0-9]-az[0-9]+$", id))])
    error_message = "zone_ids must be ids such as use1-az1, and not names such as us-east-1a, which are other zones in other accounts."
  }
}

variable "name" {
  description = "Begins the names of what the module makes. Calls for one VPC need different names here, and different ones in dns_name."
  type        = string
  default     = "proxy-client"

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.name)) && length(var.name) <= 28 && !startswith(var.name, "sg-")
    error_message = "name must be lower-case letters, digits and single hyphens, a letter first, 28 characters at most, and not begin with \"sg-\"."
  }
}

variable "vpc_id" {
  description = "The VPC that gets the endpoint. Its DNS hostnames and DNS support must be on."
  type        = string

  validation {
    condition     = can(regex("^vpc-([0-9a-f]{8}|[0-9a-f]{17})$", var.vpc_id))
    error_message = "vpc_id must be the id of a VPC such as vpc-0123456789abcdef0."
  }
}

variable "subnet_ids" {
  description = "The VPC's subnets that get the endpoint's network interfaces, one for each availability zone."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) > 0 && alltrue([for id in var.subnet_ids : can(regex("^subnet-([0-9a-f]{8}|[0-9a-f]{17})$", id))])
    error_message = "subnet_ids must be one or more ids of subnets such as subnet-0123456789abcdef0."
  }
}

variable "allowed_cidrs" {
  description = "The IPv4 networks whose machines may use the proxy. By default all networks of the VPC, unless allowed_security_group_ids is set."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for cidr in var.allowed_cidrs : can(cidrnetmask(cidr)) && try(cidrsubnet(cidr, 0, 0) == cidr, false)])
    error_message = "allowed_cidrs must be IPv4 networks such as 172.16.0.0/16, with no host bits set."
  }

  validation {
    condition     = alltrue([for cidr in var.allowed_cidrs : try(tonumber(split("/", cidr)[1]) >= 8, true)])
    error_message = "allowed_cidrs must be networks of /8 or smaller: the proxy is never open to everyone."
  }
}

variable "allowed_security_group_ids" {
  description = "The security groups whose machines may use the proxy, beside allowed_cidrs."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for id in var.allowed_security_group_ids : can(regex("^sg-([0-9a-f]{8}|[0-9a-f]{17})$", id))])
    error_message = "allowed_security_group_ids must be ids of security groups such as sg-0123456789abcdef0."
  }
}

variable "dns_name" {
  description = "The name by which the VPC's machines find the proxy, in a private zone of the module's; \"none\" for the endpoint's own name alone."
  type        = string
  default     = "proxy.internal"

  validation {
    condition     = var.dns_name == "none" || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", var.dns_name))
    error_message = "dns_name must be a DNS name in lower case with a dot in it, such as proxy.internal, or \"none\"."
  }

  validation {
    condition     = !can(regex("(^|\\.)(amazonaws\\.com|(ec2|compute)\\.internal|local)$", var.dns_name))
    error_message = "dns_name must be none of AWS's names, and not end in .local."
  }
}

variable "private_dns_name" {
  description = "The service's private DNS name, if the fleet's owners have proved one: by it the VPC's machines find the proxy, too. Where they accept endpoints, only after that. \"none\" without."
  type        = string
  default     = "none"

  validation {
    condition     = var.private_dns_name == "none" || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", var.private_dns_name))
    error_message = "private_dns_name must be a DNS name in lower case with a dot in it, such as proxy.example.com, or \"none\"."
  }

  validation {
    condition     = var.private_dns_name == "none" || var.private_dns_name != var.dns_name
    error_message = "private_dns_name must be another name than dns_name: a VPC has one private zone of a name."
  }
}

variable "public_dns" {
  description = "Whether the VPC's resolver answers for public names: \"allowed\" leaves it as it is; \"blocked\" has it answer for the VPC's own names, the proxy's and allowed_dns alone, so that none carries data out. It is the whole VPC's, and one call for a VPC can do this."
  type        = string
  default     = "allowed"

  validation {
    condition     = contains(["allowed", "blocked"], var.public_dns)
    error_message = "public_dns must be \"allowed\" or \"blocked\"."
  }
}

variable "allowed_dns" {
  description = "Further names for which the resolver answers where public_dns is \"blocked\", such as those of private zones and of other endpoints in the VPC; *.example.com is all names below example.com. Name no registry of more than one word, such as *.co.uk: it is not found out here, and anybody can have a name there."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for name in var.allowed_dns : can(regex("^(\\*\\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", name))])
    error_message = "allowed_dns must be names in lower case such as db.example.com, or *.example.com for all below it."
  }

  validation {
    condition     = alltrue([for name in var.allowed_dns : !can(regex("^\\*\\.([^.]+|(in-addr|ip6)\\.arpa)$", name))])
    error_message = "allowed_dns must not have all names below a registry such as *.com, where anybody can have one."
  }

  validation {
    condition     = length(var.allowed_dns) == 0 || var.public_dns == "blocked"
    error_message = "allowed_dns is for public_dns = \"blocked\" only; without it the resolver answers for all names."
  }
}

variable "tags" {
  description = "Tags for everything, besides Name."
  type        = map(string)
  default     = {}

  validation {
    condition     = !contains(keys(var.tags), "Name")
    error_message = "tags must not have Name, which the module sets itself."
  }
}
