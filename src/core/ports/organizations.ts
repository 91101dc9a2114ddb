/** Where an account stands: https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html */

export interface Organizations {
  /** The id of the organization that the side's account is in; undefined where it is in none, or may not be known. Never rejects. */
  organizationId(): Promise<string | undefined>;
}
