const tiled = 'Tiled';

/** The sampler that does the same in tiles, or without them; null where there is none. */
export function otherSampler(sampler: string, isTiled: boolean, choices: readonly string[]): string | null {
  const plain = sampler.startsWith(tiled) ? sampler.slice(tiled.length) : sampler;
  const wanted = isTiled ? tiled + plain : plain;
  return choices.includes(wanted) ? wanted : null;
}
