/** Which Terraform files keep Terraform from the instance's role. */
import { expect, test } from 'vitest';
import { metadataSkipped } from '#cli/metadata-skipped.ts';

test.each([
  ['provider "aws" {\n  skip_metadata_api_check = true\n}', true],
  ['provider "aws" {\n  skip_metadata_api_check="true"\n}', true],
  ['terraform {\n  backend "s3" {\n    skip_metadata_api_check     = true # why\n  }\n}', true],
  ['{\n  "provider": { "aws": {\n    "skip_metadata_api_check": true\n  } }\n}', true],
  ['provider "aws" {\n  skip_metadata_api_check = false\n}', false],
  ['provider "aws" {\n  # skip_metadata_api_check = true\n}', false],
  ['provider "aws" {\n  // skip_metadata_api_check = true\n}', false],
  ['/*\n skip_metadata_api_check = true\n*/', false],
  ['provider "aws" {}', false],
])('%j: %s', (text, isSkipped) => {
  const told = metadataSkipped([{ name: 'main.tf', text }]);
  if (isSkipped)
    expect(told).toMatchObject({
      severity: 'warning',
      code: 'METADATA_SKIPPED',
      message: expect.stringContaining('skip_metadata_api_check = true in main.tf') as unknown,
    });
  else expect(told).toBeUndefined();
});
