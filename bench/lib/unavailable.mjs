/** Thrown by a contestant that cannot take part here; its message stands in place of the figures. */
export class Unavailable extends Error {}
