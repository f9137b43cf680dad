/** As the `compression.type` of producers and topics; the index is the codec's number in a batch's attributes. */
export const COMPRESSIONS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

export type CompressionName = (typeof COMPRESSIONS)[number];

export const codecNumber = (name: CompressionName): number => COMPRESSIONS.indexOf(name);
