/** Bytes and where they begin in their memory. */
export interface Placement {
  readonly byte: number;
  readonly bytes: Uint8Array;
}

/** What the machine's memories hold before the program starts; everything else is zero. */
export interface MemoryImage {
  readonly hostMemory: readonly Placement[];
  readonly weightMemory: readonly Placement[];
}
