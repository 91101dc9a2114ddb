/** External IDs that are made here. */

/** 128 bits. */
export const EXTERNAL_ID_BYTES = 16;

/** Stands for the external ID of a plan that is only looked at: the real one is made when the plan is carried out. */
export const NOT_GENERATED = 'generated-when-applied';
