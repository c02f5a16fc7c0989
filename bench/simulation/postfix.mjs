import { SEC } from './units.mjs';

const DIGITS = '0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz';
/** The number in Postfix's digits: no vowels, so that no words come up. */
function digits(value, base, width) {
  let text = '';
  let rest = value;
  do {
    text = DIGITS[rest % base] + text;
    rest = Math.floor(rest / base);
  } while (rest > 0);
  return text.padStart(width, '0');
}

/**
 * The daemons with their process ids, and the queue's ids.
 * @param {object} kit chance, `emit` and `tag` of the writer, and `ids`: `long` or `short`
 */
export function createPostfix({ int, emit, tag, ids }) {
  let nextPid = 1200 + int(500);
  function process(name) {
    nextPid += 1 + int(9);
    if (nextPid > 4_000_000) nextPid = 2000;
    return { tag: tag(name, nextPid), uses: 0 };
  }
  /** Postfix keeps idle processes for the next job and lets each do a hundred. */
  function pool(name) {
    const idle = [];
    return {
      take() {
        const found = idle.pop() ?? process(name);
        found.uses++;
        return found;
      },
      give(used) {
        if (used.uses < 100) idle.push(used);
      },
    };
  }
  const qmgr = process('postfix/qmgr');
  const postscreen = process('postfix/postscreen');
  const anvil = process('postfix/anvil');
  const dnsblog = process('postfix/dnsblog');
  const smtpd = pool('postfix/smtpd');
  const submission = pool('postfix/submission/smtpd');
  const submissions = pool('postfix/smtps/smtpd');
  const reinject = pool('postfix/reinject/smtpd');
  const cleanup = pool('postfix/cleanup');
  const pickup = process('postfix/pickup');
  const bounce = pool('postfix/bounce');
  const smtp = pool('postfix/smtp');
  const relay = pool('postfix/relay/smtp');
  const agents = {
    lmtp: pool('postfix/lmtp'),
    local: pool('postfix/local'),
    virtual: pool('postfix/virtual'),
    pipe: pool('postfix/pipe'),
    error: pool('postfix/error'),
    discard: pool('postfix/discard'),
  };
  /** One line of a process that is free again at once. */
  function brief(time, from, text) {
    const one = from.take();
    emit(time, one.tag, text);
    from.give(one);
  }

  /** Inodes are given out again as soon as they are free, as file systems do. */
  const freeInodes = [];
  let nextInode = 131_072 + int(100_000);
  function newId(time) {
    const inode = freeInodes.pop() ?? nextInode++;
    const second = Math.floor(time / SEC);
    const micros = Math.floor(time - second * SEC);
    const id =
      ids === 'long'
        ? `${digits(second, 52, 6)}${digits(micros, 52, 4)}z${digits(inode, 51, 1)}`
        : (micros.toString(16).padStart(5, '0') + inode.toString(16)).toUpperCase();
    return { id, inode };
  }
  const freeInode = (inode) => freeInodes.push(inode);

  return {
    process,
    brief,
    newId,
    freeInode,
    agents,
    qmgr,
    postscreen,
    anvil,
    dnsblog,
    smtpd,
    submission,
    submissions,
    reinject,
    cleanup,
    pickup,
    bounce,
    smtp,
    relay,
  };
}
