/** A run of equal slots in the Unified Buffer, used in turn. */
export interface Ring {
  /** Byte of the first slot. */
  readonly from: number;
  readonly slotBytes: number;
  readonly slots: number;
}

/** Places rings one behind the other; slots of whole rows keep all that follow aligned. */
export function placeRings<Name extends string>(
  sizes: Readonly<Record<Name, Omit<Ring, 'from'>>>,
  firstByte = 0,
): { readonly rings: Readonly<Record<Name, Ring>>; readonly bytes: number } {
  const rings = {} as Record<Name, Ring>;
  let from = firstByte;
  for (const name of Object.keys(sizes) as Name[]) {
    rings[name] = { from, ...sizes[name] };
    from = endOf(rings[name]);
  }
  return { rings, bytes: from };
}

/** The byte behind the last slot. */
export function endOf(ring: Ring): number {
  return ring.from + ring.slots * ring.slotBytes;
}

/** The first byte of the slot that use number `use`, from 0 on, takes. */
export function slotByte(ring: Ring, use: number): number {
  return ring.from + (use % ring.slots) * ring.slotBytes;
}
