/** What a text is made of, found out from its beginning: lines, entries of a journal export, or a JSON document. */
import { BatchReader, type TextReader } from './batches.ts';
import { isJournalExport, JournalExportReader } from './journal-export.ts';
import { isJsonDocument, JsonDocumentReader } from './json-document.ts';

/**
 * The reader for a text.
 * @param head its first chunk
 * @param name of its file, for words about what is wrong with it
 */
export function readerOf(head: Buffer, name: string): TextReader {
  if (isJournalExport(head)) return new JournalExportReader(name);
  if (isJsonDocument(head)) return new JsonDocumentReader(name);
  return new BatchReader();
}

/** Whether a text that begins like this is read line by line, so that reading may begin at any line. */
export function readsLines(head: Buffer): boolean {
  return !isJournalExport(head) && !isJsonDocument(head);
}
