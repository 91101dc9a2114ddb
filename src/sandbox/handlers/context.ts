/** Condition keys that IAM requests bring along: tags to be set, the boundary, the policy to be attached. */

type Context = Readonly<Record<string, string | readonly string[]>>;

interface WireTag {
  readonly Key: string;
  readonly Value: string;
}

/** `aws:RequestTag/KEY` and `aws:TagKeys` ("Controlling access to AWS resources using tags"). */
export const tagContext = (tags: readonly WireTag[] | undefined): Context =>
  tags === undefined || tags.length === 0
    ? {}
    : {
        ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
        'aws:TagKeys': tags.map(({ Key }) => Key),
      };

/** `iam:ResourceTag/KEY`: the tags of the role or user that the request is about. */
export const entityTagContext = (tags: Readonly<Record<string, string>> = {}): Context =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`iam:ResourceTag/${key}`, value]));

/** `iam:PermissionsBoundary`, in the request or on the entity. */
export const boundaryContext = (arn: string | undefined): Context =>
  arn === undefined ? {} : { 'iam:PermissionsBoundary': arn };

export const policyContext = (arn: string): Context => ({ 'iam:PolicyARN': arn });

/** `aws:TagKeys` of a request that removes tags. */
export const keysContext = (keys: readonly string[]): Context => ({ 'aws:TagKeys': keys });
