/** What a piece of trace text shows; the command line gives each a colour. */
export type TraceRole =
  | 'heading'
  | 'cycle'
  | 'active'
  | 'stall'
  | 'quiet'
  | 'dma'
  | 'weights'
  | 'array'
  | 'activation'
  | 'dispatch'
  | 'switch'
  | 'shift';

/** Colours a text without changing what it takes on the screen. */
export type Paint = (role: TraceRole, text: string) => string;

/** No colour: everything can be told by its characters. */
export const plainPaint: Paint = (_role, text) => text;
