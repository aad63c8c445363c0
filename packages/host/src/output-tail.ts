import { StringDecoder } from 'node:string_decoder';

const NEWLINE = '\n';

/** Keeps the last `maxBytes` bytes of a stream and tells its lines as they come. */
export class OutputTail {
  #chunks: Buffer[] = [];
  #size = 0;
  #line = '';
  readonly #decoder = new StringDecoder('utf8');

  constructor(
    private readonly maxBytes: number,
    private readonly onLine: (line: string) => void,
  ) {}

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    for (let first = this.#chunks[0]; first && this.#size - first.length >= this.maxBytes; first = this.#chunks[0]) {
      this.#size -= first.length;
      this.#chunks.shift();
    }
    this.#addText(this.#decoder.write(chunk));
  }

  /** Tells a last line that has no line ending. */
  end(): void {
    this.#addText(this.#decoder.end());
    if (this.#line !== '') {
      this.#tell(this.#line);
      this.#line = '';
    }
  }

  text(): string {
    const bytes = Buffer.concat(this.#chunks);
    let start = Math.max(0, bytes.length - this.maxBytes);
    // Not in the middle of a character: 10xxxxxx continues one.
    while (start > 0 && start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) {
      start += 1;
    }
    return bytes.toString('utf8', start);
  }

  #addText(text: string): void {
    const lines = text.split(NEWLINE);
    lines[0] = this.#line + (lines[0] ?? '');
    this.#line = lines.pop() ?? '';
    lines.forEach((line) => this.#tell(line));
    if (this.#line.length > this.maxBytes) {
      this.#tell(this.#line);
      this.#line = '';
    }
  }

  #tell(line: string): void {
    this.onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  }
}
