/** With and without the topic `processed-data`. */
export const VARIANT_NAMES = ['withProcessedData', 'withoutProcessedData'] as const;
export type VariantName = (typeof VARIANT_NAMES)[number];
