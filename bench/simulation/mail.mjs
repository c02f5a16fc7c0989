import { LOCAL_FAILURES, LOST, PROVIDERS, SELF } from './replies.mjs';
import { SEC } from './units.mjs';

/**
 * Messages and recipients, and what fate has in store for them. No word of any log.
 * @param {object} kit chance, addresses, and the server
 */
export function createMail(kit) {
  const { random, chance, pick, wait, picker, hex, word, num, SHARE, server } = kit;
  const { c, user, ownUser, domainOf, outside, inside, ownPicker } = kit;

  const failurePickers = new Map();
  /** The failures of one provider with one status, by weight. */
  function failureOf(provider, status) {
    const key = `${provider.id} ${status}`;
    let picked = failurePickers.get(key);
    if (picked === undefined) {
      picked = picker(provider.failures.filter((f) => f.status === status).map((f) => [f.w, f]));
      failurePickers.set(key, picked);
    }
    return picked();
  }
  const lostPicker = picker(LOST.map((f) => [f.w, f]));
  const localPickers = Object.fromEntries(
    Object.entries(LOCAL_FAILURES).map(([agent, list]) => [agent, picker(list.map((f) => [f.w, f]))]),
  );
  const toFilter = { domain: '', agent: 'filter' };

  /**
   * A recipient and what fate has in store: `plan` is undefined (goes through) or a failure.
   * `dest` is a destination outside, one of this server's own, or the content filter.
   */
  function recipient(to, dest, orig) {
    return {
      to,
      orig,
      dest,
      plan: planFor(dest),
      state: '',
      cause: '',
      tries: 0,
      onlySuspended: false,
      met: false,
      done: false,
    };
  }
  function planFor(dest) {
    if (dest.agent === 'filter' || dest.agent === 'discard') return undefined;
    if (dest.agent !== 'smtp') {
      if (dest.agent === 'relay' || !chance(SHARE.localFailure)) return undefined;
      return localPickers[dest.agent]();
    }
    if (dest.broken !== undefined) return dest.broken;
    const x = random();
    const { provider } = dest;
    if (x < provider.bounce) return failureOf(provider, 'bounced');
    if (x < provider.bounce + provider.defer) return failureOf(provider, 'deferred');
    if (x < provider.bounce + provider.defer + SHARE.lost) return lostPicker();
    return undefined;
  }
  function outsideRecipient() {
    const dest = outside();
    if (chance(SHARE.forged)) {
      const made = recipient(`"${server.forged.localPart}"@${dest.domain}`, dest);
      if (dest.broken === undefined && dest.provider.id === 'own') made.plan = PROVIDERS.own.failures[0];
      return made;
    }
    return recipient(`${user()}@${dest.domain}`, dest);
  }
  function insideRecipient() {
    const own = ownPicker();
    const dest = inside.get(own.domain);
    const to = `${ownUser()}@${own.domain}`;
    if (dest.agent === 'relay') return recipient(to, dest);
    if (chance(SHARE.discard))
      return recipient(`noreply@${own.domain}`, { domain: own.domain, agent: 'discard' });
    const made = recipient(
      to,
      dest,
      chance(SHARE.alias) ? `${pick(['info', 'team', 'office', 'postmaster'])}@${own.domain}` : undefined,
    );
    if (dest.agent === 'local' && made.plan === undefined && chance(SHARE.forward)) {
      if (server.forward !== undefined) {
        made.plan = 'forward';
        return made;
      }
      // The address outside takes the place of the alias, in the same message.
      const target = outsideRecipient();
      target.orig = made.orig ?? made.to;
      return target;
    }
    return made;
  }
  /** Recipients that the log can tell from each other. */
  function different(count, make) {
    const recipients = [];
    const seen = new Set();
    for (let i = 0; i < count; i++) {
      const r = make();
      const name = server.nameOf(r);
      if (!seen.has(name)) recipients.push(r);
      seen.add(name);
    }
    return recipients;
  }

  function newMessage(time, from, size, recipients) {
    return {
      ...server.newId(time),
      arrived: time,
      from,
      size,
      recipients,
      messageId: '',
      /** Lines of the far side of a hop are no message of their own: told by the hop's line. */
      counted: false,
      retracted: false,
      /** For a verification probe: what happens in place of delivery. */
      probe: undefined,
      /** Destinations that are being tried. */
      waiting: 0,
      active: 0,
      bounced: false,
      warned: false,
      held: false,
      gone: false,
    };
  }
  const sizeOf = () => Math.floor(1200 + wait(9000) + (chance(0.15) ? wait(900_000) : 0));
  function messageIdOf(from, time) {
    if (chance(SHARE.forged)) return server.forged.messageId;
    const domain = from === '' ? SELF.host : domainOf(from);
    if (chance(0.5)) return `<${Math.floor(time / SEC)}.${num(5)}.${word(8)}@${domain}>`;
    return `<${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}@${domain}>`;
  }
  const pending = (m) => m.recipients.filter((r) => !r.done);

  /** A recipient whose failure lasted until now may be lucky this time. */
  function fate(r) {
    const { plan } = r;
    if (plan !== undefined && plan.status === 'deferred' && r.tries > 0 && chance(plan.heal))
      r.plan = undefined;
    return r.plan;
  }
  /** Tells the texts who is spoken of. */
  function fill(m, r, call) {
    c.to = r.to;
    c.user = r.to.slice(0, r.to.lastIndexOf('@'));
    c.from = m.from;
    c.fromDomain = m.from === '' ? SELF.host : domainOf(m.from);
    c.domain = domainOf(r.to);
    c.host = call.host ?? '';
    c.hostIp = call.ip ?? '';
  }

  return {
    toFilter,
    recipient,
    insideRecipient,
    outsideRecipient,
    different,
    newMessage,
    sizeOf,
    messageIdOf,
    pending,
    fate,
    fill,
  };
}
