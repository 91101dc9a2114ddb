/**
 * What keeps a call from AWS, or AWS from deciding it: no credentials from the instance, no way there, no answer. Part of the
 * one table (causes.ts).
 */
import type { CauseMeaning } from './causes-of-aws.ts';

/** Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html, instance-metadata-security-credentials.html */
const OF_INSTANCE = {
  METADATA_SWITCHED_OFF_HERE: {
    layer: 'caller',
    actor: 'you',
    explanation: 'AWS_EC2_METADATA_DISABLED forbids to ask the instance metadata, so the role of the instance is out of reach',
    summary: 'unset the variable',
    command: 'unset AWS_EC2_METADATA_DISABLED',
  },
  METADATA_SWITCHED_OFF: {
    layer: 'caller',
    actor: 'source-admin',
    explanation: 'the instance metadata is switched off for this instance (HttpEndpoint: disabled)',
    summary: 'switch it on',
    command: 'aws ec2 modify-instance-metadata-options --instance-id INSTANCE_ID --http-endpoint enabled --http-tokens required',
    hcl: 'resource "aws_instance" "runner" {\n  metadata_options {\n    http_endpoint = "enabled"\n    http_tokens   = "required"\n  }\n}',
  },
  METADATA_HOP_LIMIT: {
    layer: 'caller',
    actor: 'source-admin',
    explanation:
      'the instance metadata answers, but its answer to the request for a token (IMDSv2) dies on the way: the hop limit is too low for a container',
    summary: 'set the hop limit to 2, or run on the network of the host',
    command: 'aws ec2 modify-instance-metadata-options --instance-id INSTANCE_ID --http-put-response-hop-limit 2',
    hcl: 'resource "aws_instance" "runner" {\n  metadata_options {\n    http_tokens                 = "required"\n    http_put_response_hop_limit = 2\n  }\n}',
  },
  METADATA_UNREACHABLE: {
    layer: 'caller',
    actor: 'network',
    explanation:
      'nothing answers where the instance metadata should be: this is no instance, or a firewall or a network policy is between',
    summary: 'run on the instance, or let the program reach 169.254.169.254',
    command: "curl -sS -m 2 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token",
  },
  INSTANCE_WITHOUT_ROLE: {
    layer: 'caller',
    actor: 'source-admin',
    explanation: 'the instance has no instance profile, or its profile holds no role',
    summary: 'give the instance a profile with the role that the target trusts',
    command: 'aws ec2 associate-iam-instance-profile --instance-id INSTANCE_ID --iam-instance-profile Name=PROFILE',
    xacct: 'xacct init --trust ec2',
  },
  INSTANCE_ROLE_WITHOUT_TRUST: {
    layer: 'trust',
    actor: 'source-admin',
    explanation: 'the role of the instance does not trust ec2.amazonaws.com, so EC2 has no credentials to hand out',
    summary: 'let the role of the instance trust EC2',
    hcl: 'data "aws_iam_policy_document" "runner_trust" {\n  statement {\n    actions = ["sts:AssumeRole"]\n    principals {\n      type        = "Service"\n      identifiers = ["ec2.amazonaws.com"]\n    }\n  }\n}',
  },
  INSTANCE_PROFILE_GONE: {
    layer: 'caller',
    actor: 'source-admin',
    explanation: 'the instance profile of the instance was deleted, or made anew under the same name',
    summary: 'associate the instance with a profile that exists',
    command: 'aws ec2 describe-iam-instance-profile-associations',
  },
  METADATA_REFUSED: {
    layer: 'caller',
    actor: 'network',
    explanation: 'what answers for the instance metadata does not answer as EC2 does',
    summary: 'see what answers there: a proxy, or another program',
    command: 'env | grep -i -e _proxy -e ^AWS_EC2_METADATA',
  },
} as const satisfies Readonly<Record<string, CauseMeaning>>;

const OF_NETWORK = {
  HOST_UNKNOWN: {
    layer: null,
    actor: 'network',
    explanation: 'DNS does not know the host of STS, or did not answer',
    summary: 'correct the region or the endpoint URL, or let this machine resolve the names of AWS',
    command: 'env | grep -e ^AWS_ -i -e _proxy',
  },
  CONNECTION_REFUSED: {
    layer: null,
    actor: 'network',
    explanation: 'the connection to the endpoint was refused: nothing listens there',
    summary: 'correct the endpoint URL or the proxy, or start what should listen there',
    command: 'env | grep -i -e ^AWS_ENDPOINT -e _proxy',
  },
  NO_ANSWER: {
    layer: null,
    actor: 'network',
    explanation: 'the endpoint did not answer, or closed the connection before it did',
    summary:
      'open the way to STS (443): in a VPC without a way out, the interface endpoint com.amazonaws.REGION.sts of the region in use, with its security group; else a proxy',
    command: 'env | grep -i -e ^AWS_ENDPOINT -e _proxy -e ^AWS_REGION',
  },
  CERTIFICATE_NOT_TRUSTED: {
    layer: null,
    actor: 'network',
    explanation:
      'the certificate that the endpoint shows is not signed by one that this machine trusts: something that reads TLS stands between',
    summary: "name the certificates of the company's proxy, or go around it",
    command: 'export AWS_CA_BUNDLE=/path/to/ca.pem',
  },
  TLS_FAILED: {
    layer: null,
    actor: 'network',
    explanation:
      'no TLS connection to the endpoint came about: its certificate is of another host or out of date, or it speaks no TLS',
    summary: 'look at the endpoint URL, at the proxy, and at the clock of this machine',
    command: 'env | grep -i -e ^AWS_ENDPOINT -e _proxy',
  },
  PROXY_REFUSED: {
    layer: null,
    actor: 'network',
    explanation: 'the proxy did not let the call through',
    summary: 'give the proxy its user and password, let it allow the hosts of AWS, or name them in NO_PROXY',
    command: 'env | grep -i _proxy',
  },
  NOT_AWS: {
    layer: null,
    actor: 'network',
    explanation: 'what answered is not AWS: a proxy, a captive portal, or an endpoint URL that leads elsewhere',
    summary: 'correct the endpoint URL or the proxy',
    command: 'env | grep -i -e ^AWS_ENDPOINT -e _proxy',
  },
  THROTTLED: {
    layer: null,
    actor: 'you',
    explanation: 'AWS answers too many calls of this account already, and put this one off until the attempts were spent',
    summary: 'wait a minute, or prove fewer targets at once',
    command: 'export AWS_MAX_ATTEMPTS=10',
  },
  AWS_FAILED: {
    layer: null,
    actor: 'you',
    explanation: 'AWS failed to serve the call, which says nothing about the set-up',
    summary: 'run the same command again in a minute',
    command: 'export AWS_MAX_ATTEMPTS=10',
  },
} as const satisfies Readonly<Record<string, CauseMeaning>>;

const OF_CALLER = {
  SOURCE_IS_TARGET: {
    layer: 'caller',
    actor: 'you',
    explanation: "the credentials are the target's own, so nothing would be proved of who comes from the source",
    summary: 'name the credentials that will run Terraform',
    command: 'xacct verify --source-profile NAME',
  },
  SOURCE_OF_OTHER_ACCOUNT: {
    layer: 'caller',
    actor: 'you',
    explanation: 'the credentials are of another account than the source',
    summary: 'name the credentials that will run Terraform',
    command: 'xacct verify --source-profile NAME',
  },
} as const satisfies Readonly<Record<string, CauseMeaning>>;

export const BEFORE_AWS = { ...OF_INSTANCE, ...OF_NETWORK, ...OF_CALLER } as const;
