/** What IAM shows in a trust policy for a principal that was deleted: its unique id, which nobody has any more, a namesake neither. */
const ORPHAN = /^A(?:ROA|IDA)[A-Z0-9]{12,}$/;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles */
export const isOrphan = (principal: string): boolean => ORPHAN.test(principal);
