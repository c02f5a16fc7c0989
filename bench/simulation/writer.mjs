import { MONTHS, SEC } from './units.mjs';

/** Thrown when the wanted number of lines is there. */
export const FULL = Symbol('full');

/**
 * Writes log lines in one of the forms that mail servers' lines come in, in big blocks.
 * @param {object} options
 * @param {number} options.limit lines
 * @param {'rfc3164' | 'rfc3339' | 'rfc5424' | 'postlogd' | 'mainlog'} options.envelope
 * @param {string} options.host as the log names it
 * @param {number} options.start
 * @param {(block: Buffer) => void} options.write
 */
export function createWriter({ limit, envelope, host, start, write }) {
  const block = Buffer.allocUnsafe(1 << 20);
  let filled = 0;
  let chunk = '';
  let written = 0;
  let lastTime = start;
  let stampSecond = -1;
  let stamp = '';

  function flushChunk() {
    // Four bytes a character is more than any text here needs.
    if (block.length - filled < chunk.length * 4) flushBlock();
    filled += block.write(chunk, filled);
    chunk = '';
  }
  function flushBlock() {
    if (filled > 0) write(block.subarray(0, filled));
    filled = 0;
  }
  const precise = envelope === 'rfc3339' || envelope === 'rfc5424';
  /** Exim's own log file: its own stamp, no host, no program. */
  const bare = envelope === 'mainlog';
  let ownSecond = -1;
  let own = '';
  /** Exim stamps its lines itself, also those for syslog. */
  function ownStamp(second) {
    if (second !== ownSecond) {
      ownSecond = second;
      own = `${new Date(second * 1000).toISOString().slice(0, 19).replace('T', ' ')} `;
    }
    return own;
  }
  let stampMinute = -1;
  let stampHead = '';
  function stampOf(second) {
    const minute = Math.floor(second / 60);
    if (minute !== stampMinute) {
      stampMinute = minute;
      const iso = new Date(minute * 60_000).toISOString();
      const day = iso.slice(8, 10);
      // Postfix's own log file has `Nov 09`, syslog has `Nov  9`.
      const shownDay = envelope === 'postlogd' ? day : day.replace(/^0/, ' ');
      const month = MONTHS[Number(iso.slice(5, 7)) - 1];
      if (precise) stampHead = `${envelope === 'rfc5424' ? '<22>1 ' : ''}${iso.slice(0, 17)}`;
      else stampHead = `${month} ${shownDay} ${iso.slice(11, 17)}`;
    }
    const seconds = String(second - minute * 60).padStart(2, '0');
    return precise ? stampHead + seconds : `${stampHead}${seconds} ${host} `;
  }

  /** Writes one line, `stamped` where the program does so itself. Two lines never share a microsecond. */
  function emit(time, tag, text, stamped = false) {
    if (written === limit) throw FULL;
    written++;
    const at = time > lastTime ? time : lastTime + 13;
    lastTime = at;
    const second = Math.floor(at / SEC);
    if (second !== stampSecond) {
      stampSecond = second;
      stamp = bare ? ownStamp(second) : stampOf(second);
    }
    const head = stamped && !bare ? `${tag}${ownStamp(second)}` : tag;
    if (precise) {
      const micros = Math.floor(at - second * SEC);
      chunk += `${stamp}.${String(micros).padStart(6, '0')}+00:00 ${host} ${head}${text}\n`;
    } else {
      chunk += `${stamp}${head}${text}\n`;
    }
    if (chunk.length > 32768) flushChunk();
  }

  return {
    emit,
    /** What stands between host and text: the program and its process id. */
    tag: (program, pid) => {
      if (bare) return '';
      if (envelope === 'rfc5424') return `${program} ${pid ?? '-'} - - `;
      return pid === undefined ? `${program}: ` : `${program}[${pid}]: `;
    },
    /** The time of the last line. */
    now: () => lastTime,
    written: () => written,
    end() {
      flushChunk();
      flushBlock();
    },
  };
}
