// Documents in pushes that the server takes.
import type { NewDocument } from "./types.js";

/** Documents that one push may hold. */
export const MAX_BATCH = 1000;
/** Bytes of documents in one push: the server's 32 MiB with room to spare. */
export const MAX_BATCH_BYTES = 30 * 1024 * 1024;

/** Encoded documents of one push; `first` is the place of the first one among all that were passed. */
export interface Batch {
  first: number;
  body: string;
}

/** One that is too long by itself goes alone, to be refused by name. */
export async function* batches(
  documents: Iterable<NewDocument> | AsyncIterable<NewDocument>,
  source: string,
  maxDocuments: number = MAX_BATCH,
  maxBytes: number = MAX_BATCH_BYTES,
): AsyncGenerator<Batch> {
  const encoder = new TextEncoder();
  let held: string[] = [];
  let bytes = 0;
  let index = 0;
  const batch = (): Batch => ({ first: index - held.length, body: `{"documents":[${held.join(",")}]}` });
  for await (const document of documents) {
    const encoded = JSON.stringify(source && !document.source ? { ...document, source } : document);
    const length = encoder.encode(encoded).length + 1;
    if (held.length && (held.length === maxDocuments || bytes + length > maxBytes)) {
      yield batch();
      held = [];
      bytes = 0;
    }
    held.push(encoded);
    bytes += length;
    index++;
  }
  if (held.length) yield batch();
}
