/** Where the credentials of one side come from. A profile's name is a hint of one machine; account ids are the contract. */

export type CredentialSource =
  /** The SDK's default chain: environment, profile, SSO, `aws login`, process, web identity, ECS, EC2. */
  | { readonly kind: 'default' }
  | { readonly kind: 'profile'; readonly name: string }
  /** EC2 instance metadata and nothing else. */
  | { readonly kind: 'ec2' };

export const describeSource = (source: CredentialSource): string => {
  switch (source.kind) {
    case 'default':
      return 'the default credential chain';
    case 'profile':
      return `profile ${source.name}`;
    case 'ec2':
      return 'EC2 instance metadata';
  }
};
