import type { ITerraformDependable } from "cdktf";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA as S3BucketServerSideEncryption } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA as S3BucketVersioning } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { Construct } from "constructs";
import { SELF } from "../stack/readable-stack";

/** How long what has been replaced can be looked up. */
const KEPT_DAYS = 90;

export interface RuleBucketProps {
  /** Begins the bucket's name, 37 characters at most; Terraform makes up 26 more. Changing it replaces the bucket. */
  readonly bucketPrefix: string;
  /** The S3 gateway endpoint through which alone objects can be read. */
  readonly vpcEndpointId: string;
}

/** A bucket whose objects can be read without credentials, and through one VPC endpoint alone. */
export class RuleBucket extends Construct {
  public readonly name: string;
  /** Its DNS name in its region. */
  public readonly domainName: string;
  /** What must exist before an object is written. */
  public readonly writable: readonly ITerraformDependable[];
  /** What must exist before an object can be read. */
  public readonly readable: readonly ITerraformDependable[];
  private readonly bucket: S3Bucket;

  constructor(scope: Construct, id: string, props: RuleBucketProps) {
    super(scope, id);
    this.bucket = new S3Bucket(this, SELF, {
      bucketPrefix: props.bucketPrefix,
      // What is in it is in the repository, too.
      forceDestroy: true,
    });
    this.name = this.bucket.bucket;
    this.domainName = this.bucket.bucketRegionalDomainName;
    this.writable = this.keepVersions();
    this.readable = [this.admit(props.vpcEndpointId)];
  }

  private keepVersions(): ITerraformDependable[] {
    const bucket = this.bucket.id;
    const encryption = new S3BucketServerSideEncryption(this, "encryption", {
      bucket,
      // By S3's own key: nobody can use one of KMS without credentials.
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    });
    const versioning = new S3BucketVersioning(this, "versioning", {
      bucket,
      versioningConfiguration: { status: "Enabled" },
    });
    new S3BucketLifecycleConfiguration(this, "lifecycle", {
      bucket,
      rule: [
        {
          id: "expire-former-versions",
          status: "Enabled",
          filter: [{}],
          noncurrentVersionExpiration: [{ noncurrentDays: KEPT_DAYS }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
        },
      ],
      dependsOn: [versioning],
    });
    return [encryption, versioning];
  }

  /** One after the other, since S3 refuses to change the access to a bucket while it changes it. */
  private admit(vpcEndpointId: string): ITerraformDependable {
    const { id: bucket, arn } = this.bucket;
    const ownership = new S3BucketOwnershipControls(this, "ownership", {
      bucket,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    const publicAccess = new S3BucketPublicAccessBlock(this, "public-access", {
      bucket,
      blockPublicAcls: true,
      // A policy that asks for one endpoint is not public.
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
      dependsOn: [ownership],
    });
    const statements = [
      {
        Sid: "ReadThroughTheEndpoint",
        Effect: "Allow",
        Principal: "*",
        Action: ["s3:GetObject"],
        Resource: `${arn}/*`,
        Condition: { StringEquals: { "aws:SourceVpce": vpcEndpointId } },
      },
      {
        Sid: "NothingWithoutTls",
        Effect: "Deny",
        Principal: "*",
        // IAM takes capitals for the same. moto does not, nor does it look at the condition, and it would refuse
        // Terraform's own requests to this bucket.
        Action: ["S3:*"],
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ];
    return new S3BucketPolicy(this, "policy", {
      bucket,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
      dependsOn: [publicAccess],
    });
  }
}
