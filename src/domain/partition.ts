/**
 * AWS partitions: which regions belong to each and which region signs IAM calls. Data from botocore's partitions.json.
 * Nothing crosses partitions: roles trust only principals of their own.
 */
export interface Partition {
  readonly id: string;
  readonly regions: RegExp;
  /** The region that signs IAM requests; also the default region for a target of this partition. */
  readonly homeRegion: string;
}

export const PARTITIONS: readonly Partition[] = [
  { id: 'aws', regions: /^(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d+$/, homeRegion: 'us-east-1' },
  { id: 'aws-cn', regions: /^cn-[a-z]+-\d+$/, homeRegion: 'cn-north-1' },
  { id: 'aws-us-gov', regions: /^us-gov-[a-z]+-\d+$/, homeRegion: 'us-gov-west-1' },
  { id: 'aws-iso', regions: /^us-iso-[a-z]+-\d+$/, homeRegion: 'us-iso-east-1' },
  { id: 'aws-iso-b', regions: /^us-isob-[a-z]+-\d+$/, homeRegion: 'us-isob-east-1' },
  { id: 'aws-iso-e', regions: /^eu-isoe-[a-z]+-\d+$/, homeRegion: 'eu-isoe-west-1' },
  { id: 'aws-iso-f', regions: /^us-isof-[a-z]+-\d+$/, homeRegion: 'us-isof-south-1' },
  { id: 'aws-eusc', regions: /^eusc-de-[a-z]+-\d+$/, homeRegion: 'eusc-de-east-1' },
];

export const partitionOfRegion = (region: string): Partition | undefined =>
  PARTITIONS.find((partition) => partition.regions.test(region));

const BY_ID: ReadonlyMap<string, Partition> = new Map(PARTITIONS.map((partition) => [partition.id, partition]));

export const partitionById = (id: string): Partition | undefined => BY_ID.get(id);
