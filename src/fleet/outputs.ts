/** The names of the stack's outputs, but for those of its clients. */
export const OUTPUTS = {
  loadBalancerDnsName: "nlb_dns_name",
  endpointServiceName: "endpoint_service_name",
  zoneIds: "zone_ids",
  dashboardUrl: "dashboard_url",
  image: "image",
  logGroup: "log_group",
  natPublicIps: "nat_public_ips",
  rulesBucket: "rules_bucket",
  rulesVersion: "rules_version",
} as const;

/** The names of the outputs that a client of this name has. */
export function clientOutputs(client: string) {
  const name = client.replaceAll("-", "_");
  return {
    endpointId: `${name}_endpoint_id`,
    endpointDnsName: `${name}_endpoint_dns_name`,
    proxyUrl: `${name}_proxy_url`,
    instanceId: `${name}_instance_id`,
    sessionCommand: `${name}_session_command`,
  };
}
