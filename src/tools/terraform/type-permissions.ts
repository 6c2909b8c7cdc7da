/** The AWS actions behind one Terraform type. */
export interface TypePermissions {
  /** What a plan calls to compare the resource with the state. */
  readonly read: readonly string[];
  /** What creating, changing and deleting it calls besides. */
  readonly manage: readonly string[];
}

const TAG_EC2 = ["ec2:CreateTags", "ec2:DeleteTags"];
const TAG_ECS = ["ecs:TagResource", "ecs:UntagResource"];
const TAG_ECR = ["ecr:TagResource", "ecr:UntagResource"];
const TAG_ELB = ["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"];
const TAG_SCALING = [
  "application-autoscaling:TagResource",
  "application-autoscaling:UntagResource",
];

const TAG_RESOLVER = ["route53resolver:TagResource", "route53resolver:UntagResource"];

/**
 * Asked for besides EC2's own actions where a request names another region, or is about a service that is
 * open to one. Source: "Identity and access management for AWS PrivateLink", AWS PrivateLink guide.
 */
export const MULTI_REGION = "vpce:AllowMultiRegion";

const DELETE_VERSIONS = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:ListBucketVersions"];

const NOTHING: TypePermissions = { read: [], manage: [] };

/**
 * The actions behind every Terraform type of the fleet, by the type's address.
 *
 * Sources: the requests that the AWS provider was seen to send while it created, read, changed and
 * deleted the fleet; its source, for what was not seen; and the permissions that the services'
 * guides ask for besides, where a service calls another one in the caller's name.
 */
export const PERMISSIONS: Readonly<Record<string, TypePermissions>> = {
  aws_appautoscaling_policy: {
    read: ["application-autoscaling:DescribeScalingPolicies"],
    manage: [
      "application-autoscaling:PutScalingPolicy",
      "application-autoscaling:DeleteScalingPolicy",
      // A target tracking policy keeps two alarms.
      "cloudwatch:DescribeAlarms",
      "cloudwatch:PutMetricAlarm",
      "cloudwatch:DeleteAlarms",
    ],
  },
  aws_appautoscaling_target: {
    read: [
      "application-autoscaling:DescribeScalableTargets",
      "application-autoscaling:ListTagsForResource",
    ],
    manage: [
      "application-autoscaling:RegisterScalableTarget",
      "application-autoscaling:DeregisterScalableTarget",
      ...TAG_SCALING,
      // The service that is scaled.
      "ecs:DescribeServices",
      "ecs:UpdateService",
      "iam:CreateServiceLinkedRole",
      // The provider hands the service-linked role back with every change of the target.
      "iam:PassRole",
    ],
  },
  aws_cloudwatch_dashboard: {
    read: ["cloudwatch:GetDashboard"],
    manage: ["cloudwatch:PutDashboard", "cloudwatch:DeleteDashboards"],
  },
  aws_cloudwatch_log_group: {
    read: ["logs:DescribeLogGroups", "logs:ListTagsForResource"],
    manage: [
      "logs:CreateLogGroup",
      "logs:DeleteLogGroup",
      "logs:PutLogGroupDeletionProtection",
      "logs:PutRetentionPolicy",
      "logs:TagResource",
      "logs:UntagResource",
    ],
  },
  aws_cloudwatch_log_metric_filter: {
    read: ["logs:DescribeMetricFilters"],
    manage: ["logs:PutMetricFilter", "logs:DeleteMetricFilter"],
  },
  aws_cloudwatch_metric_alarm: {
    read: ["cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource"],
    manage: [
      "cloudwatch:PutMetricAlarm",
      "cloudwatch:DeleteAlarms",
      "cloudwatch:TagResource",
      "cloudwatch:UntagResource",
    ],
  },
  aws_cloudwatch_query_definition: {
    read: ["logs:DescribeQueryDefinitions"],
    manage: ["logs:PutQueryDefinition", "logs:DeleteQueryDefinition"],
  },
  aws_default_security_group: {
    read: ["ec2:DescribeSecurityGroups", "ec2:DescribeSecurityGroupRules"],
    manage: ["ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress", ...TAG_EC2],
  },
  aws_ecr_lifecycle_policy: {
    read: ["ecr:GetLifecyclePolicy"],
    manage: ["ecr:PutLifecyclePolicy", "ecr:DeleteLifecyclePolicy"],
  },
  aws_ecr_repository: {
    read: ["ecr:DescribeRepositories", "ecr:ListTagsForResource"],
    manage: [
      "ecr:CreateRepository",
      "ecr:DeleteRepository",
      "ecr:PutImageScanningConfiguration",
      "ecr:PutImageTagMutability",
      ...TAG_ECR,
    ],
  },
  aws_ecs_cluster: {
    read: ["ecs:DescribeClusters", "ecs:ListTagsForResource"],
    manage: [
      "ecs:CreateCluster",
      "ecs:UpdateCluster",
      "ecs:DeleteCluster",
      ...TAG_ECS,
      "iam:CreateServiceLinkedRole",
    ],
  },
  aws_ecs_cluster_capacity_providers: {
    read: ["ecs:DescribeClusters"],
    manage: ["ecs:PutClusterCapacityProviders"],
  },
  aws_ecs_service: {
    read: ["ecs:DescribeServices", "ecs:ListTagsForResource"],
    manage: [
      "ecs:CreateService",
      "ecs:UpdateService",
      "ecs:DeleteService",
      // The wait for the steady state.
      "ecs:ListServiceDeployments",
      "ecs:DescribeServiceDeployments",
      ...TAG_ECS,
    ],
  },
  aws_ecs_task_definition: {
    read: ["ecs:DescribeTaskDefinition", "ecs:ListTagsForResource"],
    manage: [
      "ecs:RegisterTaskDefinition",
      "ecs:DeregisterTaskDefinition",
      ...TAG_ECS,
      "iam:PassRole",
    ],
  },
  aws_eip: {
    read: ["ec2:DescribeAddresses", "ec2:DescribeAddressesAttribute"],
    manage: ["ec2:AllocateAddress", "ec2:ReleaseAddress", "ec2:DisassociateAddress", ...TAG_EC2],
  },
  aws_iam_instance_profile: {
    read: ["iam:GetInstanceProfile", "iam:GetRole"],
    manage: [
      "iam:CreateInstanceProfile",
      "iam:DeleteInstanceProfile",
      "iam:AddRoleToInstanceProfile",
      "iam:RemoveRoleFromInstanceProfile",
      "iam:TagInstanceProfile",
      "iam:UntagInstanceProfile",
      "iam:PassRole",
    ],
  },
  aws_iam_role: {
    read: [
      "iam:GetRole",
      "iam:ListRolePolicies",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
    ],
    manage: [
      "iam:CreateRole",
      "iam:DeleteRole",
      // Not DeleteRolePermissionsBoundary: a boundary stays.
      "iam:PutRolePermissionsBoundary",
      "iam:UpdateRole",
      "iam:UpdateRoleDescription",
      // Not UpdateAssumeRolePolicy: whom the fleet's roles trust never changes.
      "iam:TagRole",
      "iam:UntagRole",
      "iam:ListInstanceProfilesForRole",
    ],
  },
  aws_iam_role_policy: {
    read: ["iam:GetRolePolicy"],
    manage: ["iam:PutRolePolicy", "iam:DeleteRolePolicy"],
  },
  aws_iam_role_policy_attachment: {
    read: ["iam:ListAttachedRolePolicies"],
    manage: ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
  },
  aws_instance: {
    read: [
      "ec2:DescribeInstances",
      "ec2:DescribeInstanceAttribute",
      "ec2:DescribeInstanceCreditSpecifications",
      "ec2:DescribeInstanceTypes",
      "ec2:DescribeTags",
      "ec2:DescribeVolumes",
      "ec2:DescribeVpcs",
    ],
    manage: [
      "ec2:RunInstances",
      "ec2:StartInstances",
      "ec2:StopInstances",
      "ec2:TerminateInstances",
      "ec2:ModifyInstanceAttribute",
      "ec2:ModifyInstanceMetadataOptions",
      "ec2:DescribeImages",
      ...TAG_EC2,
      "iam:PassRole",
    ],
  },
  aws_internet_gateway: {
    read: ["ec2:DescribeInternetGateways"],
    manage: [
      "ec2:CreateInternetGateway",
      "ec2:AttachInternetGateway",
      "ec2:DetachInternetGateway",
      "ec2:DeleteInternetGateway",
      ...TAG_EC2,
    ],
  },
  aws_lb: {
    read: [
      "elasticloadbalancing:DescribeLoadBalancers",
      "elasticloadbalancing:DescribeLoadBalancerAttributes",
      "elasticloadbalancing:DescribeCapacityReservation",
      "elasticloadbalancing:DescribeTags",
    ],
    manage: [
      "elasticloadbalancing:CreateLoadBalancer",
      "elasticloadbalancing:ModifyLoadBalancerAttributes",
      "elasticloadbalancing:SetSecurityGroups",
      "elasticloadbalancing:SetSubnets",
      "elasticloadbalancing:DeleteLoadBalancer",
      ...TAG_ELB,
      // What the service asks of EC2 in the caller's name.
      "ec2:DescribeAccountAttributes",
      "ec2:DescribeInternetGateways",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcs",
      "ec2:GetSecurityGroupsForVpc",
      "iam:CreateServiceLinkedRole",
    ],
  },
  aws_lb_listener: {
    read: [
      "elasticloadbalancing:DescribeListeners",
      "elasticloadbalancing:DescribeListenerAttributes",
      "elasticloadbalancing:DescribeTags",
    ],
    manage: [
      "elasticloadbalancing:CreateListener",
      "elasticloadbalancing:ModifyListener",
      "elasticloadbalancing:ModifyListenerAttributes",
      "elasticloadbalancing:DeleteListener",
      ...TAG_ELB,
    ],
  },
  aws_lb_target_group: {
    read: [
      "elasticloadbalancing:DescribeTargetGroups",
      "elasticloadbalancing:DescribeTargetGroupAttributes",
      "elasticloadbalancing:DescribeTags",
    ],
    manage: [
      "elasticloadbalancing:CreateTargetGroup",
      "elasticloadbalancing:ModifyTargetGroup",
      "elasticloadbalancing:ModifyTargetGroupAttributes",
      "elasticloadbalancing:DeleteTargetGroup",
      ...TAG_ELB,
    ],
  },
  aws_nat_gateway: {
    read: ["ec2:DescribeNatGateways"],
    manage: ["ec2:CreateNatGateway", "ec2:DeleteNatGateway", ...TAG_EC2],
  },
  aws_route: {
    read: ["ec2:DescribeRouteTables"],
    manage: ["ec2:CreateRoute", "ec2:ReplaceRoute", "ec2:DeleteRoute"],
  },
  aws_route_table: {
    read: ["ec2:DescribeRouteTables"],
    manage: ["ec2:CreateRouteTable", "ec2:DeleteRouteTable", ...TAG_EC2],
  },
  aws_route_table_association: {
    read: ["ec2:DescribeRouteTables"],
    manage: [
      "ec2:AssociateRouteTable",
      "ec2:ReplaceRouteTableAssociation",
      "ec2:DisassociateRouteTable",
    ],
  },
  aws_route53_record: {
    read: ["route53:GetHostedZone", "route53:ListResourceRecordSets"],
    manage: ["route53:ChangeResourceRecordSets", "route53:GetChange"],
  },
  aws_route53_zone: {
    read: [
      "route53:GetHostedZone",
      "route53:ListResourceRecordSets",
      "route53:ListTagsForResource",
    ],
    manage: [
      "route53:CreateHostedZone",
      "route53:UpdateHostedZoneComment",
      "route53:DeleteHostedZone",
      "route53:GetChange",
      "route53:ChangeTagsForResource",
      // What the service asks of EC2 in the caller's name.
      "ec2:DescribeVpcs",
    ],
  },
  aws_route53_resolver_firewall_config: {
    read: ["route53resolver:ListFirewallConfigs"],
    // AWS looks the VPC up in the caller's name.
    manage: ["route53resolver:UpdateFirewallConfig", "ec2:DescribeVpcs"],
  },
  aws_route53_resolver_firewall_domain_list: {
    read: [
      "route53resolver:GetFirewallDomainList",
      "route53resolver:ListFirewallDomains",
      "route53resolver:ListTagsForResource",
    ],
    manage: [
      "route53resolver:CreateFirewallDomainList",
      "route53resolver:UpdateFirewallDomains",
      "route53resolver:DeleteFirewallDomainList",
      ...TAG_RESOLVER,
    ],
  },
  aws_route53_resolver_firewall_rule: {
    read: ["route53resolver:ListFirewallRules"],
    manage: [
      "route53resolver:CreateFirewallRule",
      "route53resolver:UpdateFirewallRule",
      "route53resolver:DeleteFirewallRule",
    ],
  },
  aws_route53_resolver_firewall_rule_group: {
    read: ["route53resolver:GetFirewallRuleGroup", "route53resolver:ListTagsForResource"],
    manage: [
      "route53resolver:CreateFirewallRuleGroup",
      "route53resolver:DeleteFirewallRuleGroup",
      ...TAG_RESOLVER,
    ],
  },
  aws_route53_resolver_firewall_rule_group_association: {
    read: [
      "route53resolver:GetFirewallRuleGroupAssociation",
      "route53resolver:ListTagsForResource",
    ],
    manage: [
      "route53resolver:AssociateFirewallRuleGroup",
      "route53resolver:UpdateFirewallRuleGroupAssociation",
      "route53resolver:DisassociateFirewallRuleGroup",
      ...TAG_RESOLVER,
      // AWS looks the VPC up in the caller's name.
      "ec2:DescribeVpcs",
    ],
  },
  aws_s3_bucket: {
    // The provider asks for all that a bucket can have, whoever has set it.
    read: [
      "s3:GetAccelerateConfiguration",
      "s3:GetBucketAcl",
      "s3:GetBucketCORS",
      "s3:GetBucketLogging",
      "s3:GetBucketObjectLockConfiguration",
      "s3:GetBucketPolicy",
      "s3:GetBucketRequestPayment",
      "s3:GetBucketVersioning",
      "s3:GetBucketWebsite",
      "s3:GetEncryptionConfiguration",
      "s3:GetLifecycleConfiguration",
      "s3:GetReplicationConfiguration",
      "s3:ListBucket",
      "s3:ListTagsForResource",
    ],
    manage: [
      "s3:CreateBucket",
      "s3:DeleteBucket",
      // What is in the bucket goes with it.
      ...DELETE_VERSIONS,
      "s3:TagResource",
      "s3:UntagResource",
    ],
  },
  aws_s3_bucket_lifecycle_configuration: {
    read: ["s3:GetLifecycleConfiguration"],
    manage: ["s3:PutLifecycleConfiguration"],
  },
  aws_s3_bucket_ownership_controls: {
    read: ["s3:GetBucketOwnershipControls"],
    manage: ["s3:PutBucketOwnershipControls"],
  },
  aws_s3_bucket_policy: {
    read: ["s3:GetBucketPolicy"],
    manage: ["s3:PutBucketPolicy", "s3:DeleteBucketPolicy"],
  },
  aws_s3_bucket_public_access_block: {
    read: ["s3:GetBucketPublicAccessBlock"],
    manage: ["s3:PutBucketPublicAccessBlock"],
  },
  aws_s3_bucket_server_side_encryption_configuration: {
    read: ["s3:GetEncryptionConfiguration"],
    manage: ["s3:PutEncryptionConfiguration"],
  },
  aws_s3_bucket_versioning: {
    read: ["s3:GetBucketVersioning"],
    manage: ["s3:PutBucketVersioning"],
  },
  aws_s3_object: {
    read: ["s3:GetObject", "s3:GetObjectTagging"],
    manage: ["s3:PutObject", ...DELETE_VERSIONS],
  },
  aws_security_group: {
    read: ["ec2:DescribeSecurityGroups"],
    manage: [
      "ec2:CreateSecurityGroup",
      "ec2:DeleteSecurityGroup",
      // The rule that a new group is born with, and rules that others have left.
      "ec2:RevokeSecurityGroupIngress",
      "ec2:RevokeSecurityGroupEgress",
      "ec2:DescribeNetworkInterfaces",
      ...TAG_EC2,
    ],
  },
  aws_sns_topic: {
    read: ["sns:GetTopicAttributes", "sns:ListTagsForResource"],
    manage: [
      "sns:CreateTopic",
      "sns:DeleteTopic",
      "sns:SetTopicAttributes",
      "sns:TagResource",
      "sns:UntagResource",
    ],
  },
  aws_sns_topic_subscription: {
    read: ["sns:GetSubscriptionAttributes"],
    manage: ["sns:Subscribe", "sns:Unsubscribe"],
  },
  aws_subnet: {
    read: ["ec2:DescribeSubnets"],
    manage: [
      "ec2:CreateSubnet",
      "ec2:ModifySubnetAttribute",
      "ec2:DeleteSubnet",
      "ec2:DescribeNetworkInterfaces",
      ...TAG_EC2,
    ],
  },
  aws_vpc: {
    read: [
      "ec2:DescribeVpcs",
      "ec2:DescribeVpcAttribute",
      "ec2:DescribeNetworkAcls",
      "ec2:DescribeRouteTables",
      "ec2:DescribeSecurityGroups",
    ],
    manage: ["ec2:CreateVpc", "ec2:ModifyVpcAttribute", "ec2:DeleteVpc", ...TAG_EC2],
  },
  aws_vpc_endpoint: {
    read: ["ec2:DescribeVpcEndpoints", "ec2:DescribeNetworkInterfaces", "ec2:DescribePrefixLists"],
    manage: [
      "ec2:CreateVpcEndpoint",
      "ec2:ModifyVpcEndpoint",
      "ec2:DeleteVpcEndpoints",
      ...TAG_EC2,
    ],
  },
  aws_vpc_endpoint_connection_accepter: {
    read: ["ec2:DescribeVpcEndpointConnections"],
    manage: ["ec2:AcceptVpcEndpointConnections", "ec2:RejectVpcEndpointConnections"],
  },
  aws_vpc_endpoint_private_dns: {
    read: ["ec2:DescribeVpcEndpoints"],
    // AWS makes the zone in the caller's name.
    manage: ["ec2:ModifyVpcEndpoint", "route53:AssociateVPCWithHostedZone"],
  },
  aws_vpc_endpoint_service: {
    read: [
      "ec2:DescribeVpcEndpointServiceConfigurations",
      "ec2:DescribeVpcEndpointServicePermissions",
    ],
    manage: [
      "ec2:CreateVpcEndpointServiceConfiguration",
      "ec2:ModifyVpcEndpointServiceConfiguration",
      "ec2:ModifyVpcEndpointServicePermissions",
      "ec2:DeleteVpcEndpointServiceConfigurations",
      MULTI_REGION,
      ...TAG_EC2,
    ],
  },
  aws_vpc_endpoint_service_private_dns_verification: {
    read: [],
    manage: [
      "ec2:StartVpcEndpointServicePrivateDnsVerification",
      "ec2:DescribeVpcEndpointServiceConfigurations",
    ],
  },
  aws_vpc_security_group_egress_rule: {
    read: ["ec2:DescribeSecurityGroupRules"],
    manage: [
      "ec2:AuthorizeSecurityGroupEgress",
      "ec2:ModifySecurityGroupRules",
      "ec2:RevokeSecurityGroupEgress",
      ...TAG_EC2,
    ],
  },
  aws_vpc_security_group_ingress_rule: {
    read: ["ec2:DescribeSecurityGroupRules"],
    manage: [
      "ec2:AuthorizeSecurityGroupIngress",
      "ec2:ModifySecurityGroupRules",
      "ec2:RevokeSecurityGroupIngress",
      ...TAG_EC2,
    ],
  },
  "data.aws_availability_zones": { read: ["ec2:DescribeAvailabilityZones"], manage: [] },
  "data.aws_iam_role": { read: ["iam:GetRole"], manage: [] },
  "data.aws_route53_zone": {
    read: ["route53:GetHostedZone", "route53:ListTagsForResource"],
    manage: [],
  },
  "data.aws_route_table": {
    // The provider looks up whose network interfaces routes lead to.
    read: ["ec2:DescribeRouteTables", "ec2:DescribeNetworkInterfaces"],
    manage: [],
  },
  "data.aws_route_tables": { read: ["ec2:DescribeRouteTables"], manage: [] },
  "data.aws_ssm_parameter": { read: ["ssm:GetParameter"], manage: [] },
  "data.aws_subnet": { read: ["ec2:DescribeSubnets"], manage: [] },
  "data.aws_vpc": {
    read: ["ec2:DescribeVpcs", "ec2:DescribeVpcAttribute", "ec2:DescribeRouteTables"],
    manage: [],
  },
  "data.aws_vpc_endpoint": {
    read: ["ec2:DescribeVpcEndpoints", "ec2:DescribePrefixLists"],
    manage: [],
  },
  // Built on the machine that runs Terraform.
  docker_image: NOTHING,
  docker_registry_image: {
    read: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    manage: [
      "ecr:BatchCheckLayerAvailability",
      "ecr:InitiateLayerUpload",
      "ecr:UploadLayerPart",
      "ecr:CompleteLayerUpload",
      "ecr:PutImage",
    ],
  },
  "ephemeral.aws_ecr_authorization_token": { read: ["ecr:GetAuthorizationToken"], manage: [] },
  terraform_data: NOTHING,
};

/** Every action that a plan of the fleet needs, each once, sorted. */
export const READ_ACTIONS: readonly string[] = actions(({ read }) => read);

/** Every further action that a deployment or a destroy needs, each once, sorted. */
export const MANAGE_ACTIONS: readonly string[] = actions(({ manage }) => manage).filter(
  (action) => !READ_ACTIONS.includes(action),
);

function actions(of: (permissions: TypePermissions) => readonly string[]): string[] {
  return [...new Set(Object.values(PERMISSIONS).flatMap(of))].sort();
}
