/** What keeps Terraform on this machine from the credentials that are proved: said, and nothing fails for it. */
import type { CredentialSource } from '#domain/credential-source.ts';
import type { Context } from './context.ts';
import { metadataSkipped, type TerraformText } from './metadata-skipped.ts';
import { shadowed } from './shadowed.ts';

/** The files that Terraform would read there; a file that cannot be read is not looked at. */
const terraformTexts = async ({ files, cwd }: Context): Promise<readonly TerraformText[]> => {
  const names = (await files.list(cwd)).filter((name) => /\.tf(?:\.json)?$/.test(name));
  return Promise.all(
    names.map(async (name) => ({ name, text: (await files.read(files.resolve(cwd, name)).catch(() => undefined)) ?? '' })),
  );
};

export const tellObstacles = async (source: CredentialSource, context: Context): Promise<void> => {
  const stands = shadowed(source, context.env);
  if (stands) context.reporter.tell(stands);
  const skipped = source.kind === 'ec2' ? metadataSkipped(await terraformTexts(context)) : undefined;
  if (skipped) context.reporter.tell(skipped);
};
