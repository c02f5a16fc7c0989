import { CLIENTS, FIRST, SELF } from './replies.mjs';
import { SEC } from './units.mjs';

/** Rate of arrivals over the day, hour by hour, and at weekends. */
const HOURS = [
  0.35, 0.3, 0.28, 0.27, 0.3, 0.4, 0.6, 0.9, 1.4, 1.75, 1.85, 1.75, 1.55, 1.6, 1.7, 1.65, 1.5, 1.3, 1.1, 1.0,
  0.9, 0.8, 0.6, 0.45,
];
const WEEKEND = 0.45;

/**
 * Who comes when, and wants what. How the server's log shows it is the server's business.
 * @param {object} kit everything of the other modules
 * @returns {(time: number) => void} begins the stream of arrivals
 */
export function createArrivals(kit) {
  const { random, chance, int, pick, between, wait, picker, hex, word, num, anyIp, ARRIVALS, SHARE } = kit;
  const { at, other, othersToo, meanGap, server } = kit;
  const { c, user, ownAddress, domainOf, outside, smallDestination, destinationOf } = kit;
  const { newMessage, sizeOf, messageIdOf, insideRecipient, outsideRecipient, different } = kit;

  const refusalPicker = picker(server.refusals.map((f) => [f.w, f]));
  const clientPicker = picker(CLIENTS.map((f) => [f.w, f]));

  /** A client from outside: `[host name, ip, sender address, where a bounce to it would go]`. */
  function stranger() {
    const kind = clientPicker();
    if (kind.make === undefined) {
      const dest = smallDestination();
      const [, ip] = dest.provider.id === 'own' ? dest.hosts[0] : ['', anyIp()];
      const host = chance(0.06) ? 'unknown' : `${pick(['mail', 'mx', 'mail1', 'smtp'])}.${dest.domain}`;
      const umlaut = chance(0.004) ? 'jörg.müller' : user();
      return [host, ip, `${umlaut}@${dest.domain}`, dest];
    }
    const [host, ip] = kind.make(c);
    if (kind.from === null) {
      const dest = smallDestination();
      return [host, ip, `bounce+${hex(6)}-${hex(6)}@mail.${dest.domain}`, dest];
    }
    const domain = pick(kind.from);
    return [host, ip, `${user()}@${domain}`, destinationOf(domain)];
  }

  /** The client of a refusal, with everything its text may name in `c`. */
  function culprit(plan) {
    const ip = anyIp();
    const host = chance(0.6) ? 'unknown' : `host-${ip.replaceAll('.', '-')}.static.example.com`;
    c.to = plan.outside ? `${user()}@${outside().domain}` : ownAddress();
    c.from = `${user()}@${smallDestination().domain}`;
    c.domain = domainOf(c.to);
    c.clientIp = ip;
    c.helo = pick(['localhost', 'WIN-CLJ1B0GQ6JP', 'ylmf-pc', 'User', `mail.${smallDestination().domain}`]);
    return { host, ip };
  }
  /** Whom the message of a session is for. */
  function recipientsOf(s) {
    if (s.recipients !== undefined) return s.recipients;
    const n = chance(0.85) ? 1 : 2 + int(chance(0.9) ? 3 : 12);
    return different(n, () =>
      s.kind === 'inbound' || chance(SHARE.localOfSubmission) ? insideRecipient() : outsideRecipient(),
    );
  }
  // The server's sessions call these.
  Object.assign(kit, { stranger, culprit, recipientsOf });

  const ARRIVE = {
    inbound(time) {
      const [host, ip, from, fromDest] = stranger();
      server.inbound(time, { kind: 'inbound', host, ip, from, fromDest });
    },
    submission(time) {
      const from = ownAddress();
      const ip = anyIp();
      const host = chance(0.5) ? 'unknown' : `dyn-${ip.replaceAll('.', '-')}.pool.example.net`;
      const kind = chance(0.8) ? 'submission' : 'submissions';
      server.session(time, { kind, host, ip, from, user: from });
    },
    application(time) {
      const from = pick([
        'bestellung@example.org',
        'noreply@example.org',
        'www-data@mx1.example.org',
        'alerts@post.example.net',
      ]);
      const m = newMessage(time, from, sizeOf(), [chance(0.12) ? insideRecipient() : outsideRecipient()]);
      m.messageId = messageIdOf(from, time);
      server.application(time, m);
    },
    newsletter(time) {
      const n = 10 + int(31);
      const issue = hex(6);
      let moment = time;
      for (let i = 0; i < n; i++) {
        const to = outsideRecipient();
        const from = `news+${issue}-${i}@post.example.net`;
        at(moment, server.session, {
          kind: 'newsletter',
          host: 'localhost',
          ip: '127.0.0.1',
          from,
          recipients: [to],
        });
        moment += between(0.3, 4) * SEC;
      }
    },
    list(time) {
      const recipients = [];
      const n = 8 + int(33);
      const seen = new Set();
      while (recipients.length < n) {
        const r = chance(0.15) ? insideRecipient() : outsideRecipient();
        const name = server.nameOf(r);
        if (seen.has(name)) continue;
        seen.add(name);
        recipients.push(r);
      }
      const from = 'liste-bounces@verein.example.net';
      server.session(time, { kind: 'list', host: 'localhost', ip: '127.0.0.1', from, recipients });
    },
    refused: (time) => server.refused(time, refusalPicker()),
    screened: server.screened,
    attack: server.attack,
    idle: server.idle,
    probe: server.probe,
    milter: server.milter,
    others(time) {
      const x = random();
      const pid = num(5);
      const ip = anyIp();
      if (x < 0.5)
        other(
          time,
          'dovecot',
          `imap-login: Login: user=<${ownAddress()}>, method=PLAIN, rip=${ip}, lip=${SELF.ip}, mpid=${pid}, TLS, session=<${word(16)}>`,
        );
      else if (x < 0.75)
        other(
          time,
          'dovecot',
          `imap(${ownAddress()})<${pid}><${word(16)}>: Disconnected: Logged out in=${num(3)} out=${num(4)} deleted=0 expunged=0 trashed=0 hdr_count=0 hdr_bytes=0 body_count=0 body_bytes=0`,
        );
      else if (x < 0.87)
        other(
          time,
          `sshd[${pid}]`,
          `Failed password for invalid user ${pick(FIRST)} from ${ip} port ${num(5)} ssh2`,
        );
      else if (x < 0.94)
        other(time, `CRON[${pid}]`, '(root) CMD (command -v debian-sa1 > /dev/null && debian-sa1 1 1)');
      else
        other(
          time,
          'systemd[1]',
          pick([
            'Started Session 4711 of User root.',
            'Starting Daily apt download activities...',
            'logrotate.service: Deactivated successfully.',
          ]),
        );
    },
  };

  const arrivalPicker = picker(
    ARRIVALS.filter(([, kind]) => ARRIVE[kind] !== undefined && (othersToo || kind !== 'others')),
  );
  function arrive(time) {
    ARRIVE[arrivalPicker()](time);
    const second = time / SEC;
    const hour = (second / 3600) % 24;
    const low = Math.floor(hour);
    const rate = HOURS[low] + (HOURS[(low + 1) % 24] - HOURS[low]) * (hour - low);
    // Day 0 of the epoch was a Thursday.
    const weekday = Math.floor(second / 86400 + 4) % 7;
    const pace = rate * (weekday === 0 || weekday === 6 ? WEEKEND : 1);
    at(time + wait(meanGap / pace), arrive);
  }

  return (time) => {
    server.begin(time);
    at(time + SEC, arrive);
  };
}
