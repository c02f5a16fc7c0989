import { BROKEN, FIRST, HOSTING, LAST, OWN, PROVIDERS, SELF, WORDS } from './replies.mjs';

/**
 * Who there is to write to: the providers' domains, some thousand small ones, and this server's own.
 * @param {object} kit chance, `now` of the writer, and the shares of the mix
 */
export function createAddresses({
  random,
  chance,
  int,
  pick,
  picker,
  hex,
  word,
  num,
  octet,
  anyIp,
  now,
  SHARE,
  server,
}) {
  const providers = Object.values(PROVIDERS);
  const consumer = picker(providers.map((provider) => [provider.weight, provider]));
  const hosting = picker(HOSTING.map(([id, weight]) => [weight, PROVIDERS[id]]));
  const ownPicker = picker(OWN);

  /** One destination for each consumer domain, shared by all its users. */
  const consumerDestinations = new Map();
  /** @param {string} domain one of the providers' */
  function destinationOf(domain, provider = providers.find(({ domains }) => domains.includes(domain))) {
    let found = consumerDestinations.get(domain);
    if (found === undefined) {
      found = destination(domain, provider, provider.hosts);
      consumerDestinations.set(domain, found);
    }
    return found;
  }
  function consumerDestination() {
    const provider = consumer();
    return destinationOf(pick(provider.domains), provider);
  }
  function destination(domain, provider, hosts) {
    return {
      domain,
      provider,
      hosts,
      agent: 'smtp',
      broken: undefined,
      deadUntil: 0,
      dead: undefined,
      tls: chance(0.8) ? '1.3' : '1.2',
    };
  }
  const TLDS = ['example', 'example', 'de.example', 'fr.example', 'eu.example', 'co.example'];
  const small = [];
  for (let i = 0; i < 4000; i++) {
    const domain = `${pick(WORDS)}${chance(0.6) ? '-' : ''}${pick(WORDS)}${i % 7 === 0 ? i : ''}.${pick(TLDS)}`;
    let broken;
    let x = random();
    for (const kind of BROKEN) {
      if (x < kind.share) {
        broken = kind;
        break;
      }
      x -= kind.share;
    }
    // Some small domains get much mail, most little; the busiest few work. Big hosters do not break for days.
    if (i < 12) broken = undefined;
    const provider = broken === undefined ? hosting() : PROVIDERS.own;
    const hosts = provider.hosted
      ? provider.hosted(domain, hex(6))
      : chance(0.3)
        ? [
            [`mx1.${domain}`, anyIp()],
            [`mx2.${domain}`, anyIp()],
          ]
        : [[`${pick(['mail', 'mx', 'mail', 'smtp'])}.${domain}`, anyIp()]];
    const made = destination(domain, provider, hosts);
    made.broken = broken;
    small.push(made);
  }
  const smallDestination = () => small[Math.floor(small.length * random() ** 2.2)];
  const outside = () => (chance(SHARE.smallDomain) ? smallDestination() : consumerDestination());
  const filiale = destination('filiale.example.net', PROVIDERS.own, [
    ['mail.filiale.example.net', '192.0.2.40'],
  ]);
  filiale.agent = 'relay';
  const inside = new Map(OWN.map(([, own]) => [own.domain, own.agent === 'relay' ? filiale : own]));

  function user() {
    const x = random();
    if (x < 0.4) return `${pick(FIRST)}.${pick(LAST)}`;
    if (x < 0.6) return `${pick(FIRST)}${num(2)}`;
    if (x < 0.75) return `${pick(FIRST)[0]}.${pick(LAST)}`;
    if (x < 0.9) return `${pick(LAST)}${int(999)}`;
    return pick(['info', 'office', 'kontakt', 'bestellung', 'support', 'sales', 'rechnung']);
  }
  /** Users of this server are few and known. */
  const ownUser = () => `${pick(FIRST)}.${LAST[int(12)]}`;
  function ownAddress() {
    const own = ownPicker();
    return `${ownUser()}@${own.domain}`;
  }

  /** The context that reply texts are made from. One object: texts are made at once. */
  const c = {
    to: '',
    user: '',
    from: '',
    fromDomain: '',
    domain: '',
    host: '',
    hostIp: '',
    ip: SELF.ip,
    clientIp: '',
    helo: '',
    /** What this server writes of a success, for those who would like to be taken for one. */
    success: server.forged.success,
    hex,
    num,
    word,
    octet,
    iso: () => new Date(now() / 1000).toISOString(),
  };
  const domainOf = (address) => address.slice(address.lastIndexOf('@') + 1);

  return {
    c,
    user,
    ownUser,
    ownAddress,
    domainOf,
    outside,
    smallDestination,
    destinationOf,
    inside,
    ownPicker,
    filiale,
  };
}
