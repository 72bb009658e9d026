/** Where text goes: stdout or stderr, or a test that collects it. */
export interface Sink {
  write(data: string | Uint8Array): void;
  /** Whether nobody reads any more; what is written then is dropped. */
  readonly closed: boolean;
  readonly isTerminal: boolean;
  /** Characters in a line of the terminal; 80 where there is none. */
  readonly columns: number;
  /** Resolves when what was written has left this process: long output waits now and then. */
  drained(): Promise<void>;
}

/** What a command sees of the process that it runs in. */
export interface Surroundings {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readStdin(): Promise<Uint8Array>;
  /** Calls back at Ctrl-C until the returned function is called; a second Ctrl-C ends at once. */
  onInterrupt(callback: () => void): () => void;
}
