output "endpoint_id" {
  description = "Id of the endpoint, which the fleet's owners want to know: for its rules, its name in the access log, and to accept it."
  value       = aws_vpc_endpoint.proxy.id
}

output "endpoint_dns_name" {
  description = "The endpoint's own DNS name."
  value       = aws_vpc_endpoint.proxy.dns_entry[0].dns_name
}

output "proxy_url" {
  description = "The proxy's URL in the VPC, for HTTP_PROXY and HTTPS_PROXY."
  value       = "http://${local.proxy_host}:${local.port}"
}

output "security_group_id" {
  description = "The endpoint's security group, to which the clients' own groups must let them out."
  value       = aws_security_group.endpoint.id
}
