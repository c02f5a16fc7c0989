/** Takes apart what servers, and MTAs themselves, say: code, enhanced code, words. */
import type { Stage } from '../src/event/event.ts';
import type { Reply } from './contract.ts';

/** `550 5.1.1 …`, `550-5.1.1 …`, `4.7.1 Try again later` (a filter's), `550 …`: a fixed number of characters, nothing to backtrack over. */
const CODES = /^(?:([245]\d\d)(?=[\s-]|$))?[\s-]?([245]\.\d{1,3}\.\d{1,3})?(?![\d.])/;

/**
 * Reads the codes at the beginning of a text.
 * @param server whose words they are, where the text told
 */
export function readReply(
  text: string,
  remote: boolean,
  stage: Stage | undefined,
  server?: Pick<Reply, 'host' | 'peer'>,
): Reply {
  const match = CODES.exec(text);
  return {
    text,
    remote,
    ...(match?.[1] !== undefined && { code: Number(match[1]) }),
    ...(match?.[2] !== undefined && { enhanced: match[2] }),
    ...(stage !== undefined && { stage }),
    ...server,
  };
}
