/**
 * Which mailbox provider (or filtering service) stands behind a host or a domain.
 *
 * The tables hold suffixes only and are looked up label by label from the right, so a name costs as many
 * look-ups as it has labels, and `notgoogle.com` never passes for `google.com`.
 */

/** Providers by the suffixes of the MX and relay hosts that they publish. */
const HOST_SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  google: ['google.com', 'googlemail.com', 'gmail.com', 'psmtp.com', 'smtp.goog'],
  microsoft: ['outlook.com', 'hotmail.com', 'microsoft.com', 'office365.us', 'outlook.cn', 'frontbridge.com'],
  yahoo: ['yahoodns.net', 'yahoo.com', 'yahoo.co.jp', 'aol.com', 'ymail.com', 'yahoo.net', 'rocketmail.com'],
  apple: ['icloud.com', 'me.com', 'mac.com', 'apple.com', 'appleid.com'],
  gmx: ['gmx.net', 'gmx.de', 'gmx.com', 'web.de', 'mail.com', '1and1.com', 'kundenserver.de', 'emig.gmx.net'],
  ionos: ['ionos.com', 'ionos.de', 'ionos.co.uk', 'ionos.fr', 'ionos.es', '1and1.co.uk', '1and1.fr'],
  strato: ['strato.de', 'rzone.de'],
  hetzner: ['your-server.de', 'hetzner.com'],
  allinkl: ['kasserver.com'],
  tonline: ['t-online.de', 't-online.net'],
  telekom: ['telekom.de', 'telekom.net', 't-systems.com', 'magentacloud.de'],
  freenet: ['freenet.de', 'mobilcom.de'],
  posteo: ['posteo.de'],
  mailboxorg: ['mailbox.org', 'heinlein-hosting.de'],
  hornetsecurity: ['hornetsecurity.com', 'antispameurope.com', 'antispameurope.de'],
  ovh: ['ovh.net', 'ovh.com', 'ovh.ca', 'ovhcloud.com', 'kimsufi.com'],
  gandi: ['gandi.net', 'gandimail.net'],
  infomaniak: ['infomaniak.ch', 'infomaniak.com'],
  orange: ['orange.fr', 'wanadoo.fr', 'orange.net', 'orange.com', 'francetelecom.net'],
  free: ['free.fr', 'proxad.net'],
  laposte: ['laposte.net'],
  sfr: ['sfr.fr', 'sfr.net', 'neuf.fr', 'numericable.fr'],
  bouygues: ['bbox.fr', 'bouyguestelecom.fr'],
  vadesecure: ['vadesecure.com', 'vade-retro.com'],
  virgilio: ['virgilio.it', 'tin.it', 'alice.it', 'tim.it', 'telecomitalia.it'],
  libero: ['libero.it', 'iol.it', 'wind.it', 'italiaonline.it'],
  aruba: ['aruba.it', 'pec.it'],
  telefonica: ['telefonica.net', 'movistar.es', 'terra.com'],
  uol: ['uol.com.br', 'bol.com.br'],
  wppl: ['wp.pl', 'o2.pl'],
  onet: ['onet.pl', 'onet.eu', 'poczta.onet.pl'],
  interia: ['interia.pl'],
  seznam: ['seznam.cz', 'email.cz'],
  ziggo: ['ziggo.nl', 'upcmail.net', 'home.nl'],
  kpn: ['kpn.com', 'kpnmail.nl', 'xs4all.nl', 'planet.nl'],
  transip: ['transip.nl', 'transip.email'],
  telenet: ['telenet.be', 'telenet-ops.be'],
  proximus: ['proximus.be', 'skynet.be', 'belgacom.be'],
  bluewin: ['bluewin.ch', 'swisscom.com'],
  bt: ['btinternet.com', 'bt.com', 'cpcloud.co.uk'],
  virginmedia: ['virginmedia.com', 'virgin.net', 'blueyonder.co.uk'],
  telia: ['telia.com', 'telia.net'],
  yandex: ['yandex.ru', 'yandex.net', 'yandex.com'],
  mailru: ['mail.ru', 'vk.com', 'vk.ru'],
  rambler: ['rambler.ru'],
  ukrnet: ['ukr.net'],
  qq: ['qq.com', 'exmail.qq.com', 'tencent.com'],
  netease: ['163.com', '126.com', 'netease.com', 'mxhichina.com', 'aliyun.com', '163.net'],
  naver: ['naver.com', 'navercorp.com'],
  rediff: ['rediff.com', 'rediffmailpro.com'],
  comcast: ['comcast.net', 'comcast.com', 'xfinity.com'],
  cox: ['cox.net', 'coxmail.com'],
  charter: ['charter.net', 'rr.com', 'spectrum.net', 'twc.com', 'brighthouse.com', 'roadrunner.com'],
  att: ['att.net', 'prodigy.net', 'sbcglobal.net', 'bellsouth.net', 'att.com'],
  verizon: ['verizon.net', 'vtext.com', 'vzwpix.com'],
  centurylink: ['centurylink.net', 'embarqmail.com', 'qwest.net', 'synacor.com'],
  earthlink: ['earthlink.net', 'mindspring.com', 'oxsus-vadesecure.net'],
  rogers: ['rogers.com'],
  bell: ['bell.net', 'bell.ca', 'sympatico.ca'],
  shaw: ['shaw.ca', 'shawcable.net'],
  telus: ['telus.net', 'telus.com'],
  bigpond: ['bigpond.com', 'telstra.com', 'bigpond.net.au'],
  proofpoint: ['pphosted.com', 'ppe-hosted.com', 'proofpoint.com', 'gpphosted.com', 'pphosted.eu'],
  mimecast: ['mimecast.com', 'mimecast.co.za', 'mimecast-offshore.com', 'mimecast.org'],
  barracuda: ['barracudanetworks.com', 'barracuda.com', 'cudamail.com', 'cudasvc.com', 'cudaops.com'],
  cisco: ['iphmx.com', 'ironport.com', 'cisco.com', 'c3s2.iphmx.com'],
  symantec: ['messagelabs.com', 'messagelabs.net', 'symanteccloud.com', 'broadcom.com'],
  trendmicro: ['trendmicro.com', 'trendmicro.eu', 'in.hes.trendmicro.com', 'tmes.trendmicro.com'],
  sophos: ['sophos.com', 'reflexion.net'],
  forcepoint: ['mailcontrol.com', 'forcepoint.com'],
  fireeye: ['fireeyecloud.com', 'fireeye.com', 'trellix.com'],
  mcafee: ['mxlogic.net', 'mcafee.com'],
  spamexperts: ['antispamcloud.com', 'spamexperts.com', 'spamexperts.eu', 'n-able.com'],
  spamtitan: ['spamtitan.com', 'titanhq.com'],
  mailchannels: ['mailchannels.net', 'mailchannels.com'],
  mailspamprotection: ['mailspamprotection.com'],
  cloudflare: ['cloudflare.net', 'cloudflare.com'],
  cloudfilter: ['cloudfilter.net'],
  mxroute: ['mxroute.com', 'mxrouting.net', 'mxlogin.com'],
  forwardemail: ['forwardemail.net'],
  improvmx: ['improvmx.com'],
  zoho: ['zoho.com', 'zoho.eu', 'zoho.in', 'zohomail.com', 'zohomail.eu', 'zoho.com.au'],
  fastmail: ['messagingengine.com', 'fastmail.com', 'fastmail.fm'],
  proton: ['protonmail.ch', 'proton.ch', 'proton.me', 'protonmail.com'],
  tuta: ['tutanota.de', 'tutanota.com', 'tuta.com'],
  runbox: ['runbox.com'],
  mailfence: ['mailfence.com'],
  migadu: ['migadu.com'],
  namecheap: ['privateemail.com', 'registrar-servers.com', 'jellyfish.systems', 'web-hosting.com'],
  titan: ['titan.email', 'flockmail.com'],
  hostinger: ['hostinger.com', 'hostinger.io'],
  godaddy: ['secureserver.net', 'godaddy.com'],
  rackspace: ['emailsrvr.com', 'rackspace.com', 'mailtrust.com'],
  amazon: ['amazonaws.com', 'amazonses.com', 'awsapps.com', 'amazon.com'],
  mailgun: ['mailgun.org', 'mailgun.com', 'mailgun.net'],
  sendgrid: ['sendgrid.net', 'sendgrid.com'],
  mailjet: ['mailjet.com'],
  brevo: ['sendinblue.com', 'brevo.com'],
  postmark: ['mtasv.net', 'postmarkapp.com'],
  sparkpost: ['sparkpostmail.com', 'sparkpost.com', 'smtp.com'],
  mailchimp: ['mandrillapp.com', 'mcsv.net', 'mailchimp.com'],
  facebook: ['facebook.com', 'fb.com', 'facebookmail.com'],
  docomo: ['docomo.ne.jp', 'spmode.ne.jp'],
  kddi: ['ezweb.ne.jp', 'au.com', 'auone-net.jp', 'dion.ne.jp'],
  softbank: ['softbank.jp', 'softbank.ne.jp', 'vodafone.ne.jp', 'i.softbank.jp'],
  nifty: ['nifty.com'],
  biglobe: ['biglobe.ne.jp'],
};

/** Providers by the domains whose mail they take, where the domain is not a suffix of their hosts anyway. */
const DOMAINS: Readonly<Record<string, readonly string[]>> = {
  google: ['gmail.com', 'googlemail.com', 'google.com'],
  microsoft: [
    ...['outlook.com', 'hotmail.com', 'live.com', 'msn.com', 'passport.com', 'windowslive.com', 'outlook.fr'],
    ...['outlook.de', 'outlook.es', 'outlook.it', 'outlook.jp', 'outlook.com.br', 'hotmail.de', 'hotmail.fr'],
    ...[
      'hotmail.it',
      'hotmail.es',
      'hotmail.nl',
      'hotmail.be',
      'hotmail.co.uk',
      'hotmail.co.jp',
      'hotmail.ca',
    ],
    ...['hotmail.com.br', 'hotmail.com.ar', 'live.de', 'live.fr', 'live.it', 'live.nl', 'live.be', 'live.se'],
    ...['live.dk', 'live.no', 'live.at', 'live.ca', 'live.co.uk', 'live.com.au', 'live.com.mx', 'live.jp'],
    ...[
      'hotmail.se',
      'hotmail.no',
      'hotmail.dk',
      'hotmail.gr',
      'hotmail.ch',
      'hotmail.com.tr',
      'onmicrosoft.com',
    ],
  ],
  yahoo: [
    ...['yahoo.com', 'ymail.com', 'rocketmail.com', 'aol.com', 'aim.com', 'aol.de', 'aol.fr', 'aol.co.uk'],
    ...[
      'yahoo.de',
      'yahoo.fr',
      'yahoo.it',
      'yahoo.es',
      'yahoo.pl',
      'yahoo.se',
      'yahoo.gr',
      'yahoo.ro',
      'yahoo.ca',
    ],
    ...[
      'yahoo.in',
      'yahoo.co.uk',
      'yahoo.co.in',
      'yahoo.co.jp',
      'yahoo.co.id',
      'yahoo.co.th',
      'yahoo.com.br',
    ],
    ...['yahoo.com.ar', 'yahoo.com.mx', 'yahoo.com.au', 'yahoo.com.tw', 'yahoo.com.hk', 'yahoo.com.sg'],
    ...[
      'yahoo.com.ph',
      'yahoo.com.vn',
      'yahoo.ie',
      'yahoo.at',
      'yahoo.be',
      'yahoo.nl',
      'myyahoo.com',
      'netscape.net',
    ],
  ],
  apple: ['icloud.com', 'me.com', 'mac.com', 'privaterelay.appleid.com'],
  gmx: [
    ...[
      'gmx.de',
      'gmx.net',
      'gmx.at',
      'gmx.ch',
      'gmx.com',
      'gmx.fr',
      'gmx.us',
      'gmx.co.uk',
      'gmx.es',
      'gmx.it',
    ],
    ...[
      'web.de',
      'mail.com',
      'email.com',
      'usa.com',
      'caramail.com',
      'gmx.eu',
      'gmx.biz',
      'gmx.info',
      'gmx.org',
    ],
  ],
  tonline: ['t-online.de', 'magenta.de'],
  freenet: ['freenet.de', 'freenetmail.de'],
  posteo: ['posteo.de', 'posteo.net'],
  mailboxorg: ['mailbox.org'],
  orange: ['orange.fr', 'wanadoo.fr', 'voila.fr'],
  free: ['free.fr', 'aliceadsl.fr', 'freesbee.fr'],
  laposte: ['laposte.net'],
  sfr: ['sfr.fr', 'neuf.fr', 'cegetel.net', 'club-internet.fr'],
  bouygues: ['bbox.fr'],
  comcast: ['comcast.net', 'xfinity.com'],
  cox: ['cox.net'],
  charter: ['charter.net', 'spectrum.net', 'rr.com', 'twc.com', 'roadrunner.com'],
  att: ['att.net', 'sbcglobal.net', 'bellsouth.net', 'pacbell.net', 'ameritech.net', 'swbell.net'],
  verizon: ['verizon.net'],
  earthlink: ['earthlink.net', 'mindspring.com'],
  rogers: ['rogers.com'],
  bell: ['sympatico.ca', 'bell.net'],
  shaw: ['shaw.ca'],
  bigpond: ['bigpond.com', 'bigpond.net.au'],
  yandex: ['yandex.ru', 'yandex.com', 'ya.ru', 'yandex.ua', 'yandex.by', 'yandex.kz'],
  mailru: ['mail.ru', 'inbox.ru', 'list.ru', 'bk.ru', 'internet.ru'],
  rambler: ['rambler.ru', 'lenta.ru'],
  ukrnet: ['ukr.net'],
  qq: ['qq.com', 'foxmail.com'],
  netease: ['163.com', '126.com', 'yeah.net'],
  naver: ['naver.com'],
  rediff: ['rediffmail.com'],
  libero: ['libero.it', 'inwind.it', 'iol.it', 'blu.it', 'giallo.it'],
  virgilio: ['virgilio.it', 'alice.it', 'tin.it', 'tim.it'],
  wppl: ['wp.pl', 'o2.pl', 'tlen.pl'],
  onet: ['onet.pl', 'op.pl', 'vp.pl', 'onet.eu', 'poczta.onet.pl'],
  interia: ['interia.pl', 'interia.eu', 'poczta.fm'],
  seznam: ['seznam.cz', 'email.cz', 'post.cz'],
  uol: ['uol.com.br', 'bol.com.br'],
  ziggo: ['ziggo.nl', 'home.nl', 'upcmail.nl', 'chello.nl'],
  kpn: ['kpnmail.nl', 'planet.nl', 'xs4all.nl', 'hetnet.nl'],
  telenet: ['telenet.be'],
  proximus: ['skynet.be', 'proximus.be'],
  bluewin: ['bluewin.ch'],
  bt: ['btinternet.com', 'btopenworld.com', 'talk21.com'],
  virginmedia: ['virginmedia.com', 'ntlworld.com', 'blueyonder.co.uk', 'virgin.net'],
  zoho: ['zoho.com', 'zohomail.com', 'zohomail.eu'],
  fastmail: ['fastmail.com', 'fastmail.fm'],
  proton: ['proton.me', 'protonmail.com', 'protonmail.ch', 'pm.me'],
  tuta: ['tutanota.com', 'tutanota.de', 'tuta.com', 'tuta.io', 'tutamail.com', 'keemail.me'],
  docomo: ['docomo.ne.jp'],
  kddi: ['ezweb.ne.jp', 'au.com'],
  softbank: ['softbank.ne.jp', 'i.softbank.jp', 'vodafone.ne.jp'],
  nifty: ['nifty.com'],
  biglobe: ['biglobe.ne.jp'],
};

/** What a name of no known provider gives. */
export const OTHER = 'other';

/** What stands for this host itself, where mail was given to a mailbox, a program or a server of its own. */
export const LOCAL = 'local';

/** Whether a provider is one by name: neither an unknown one nor this host. */
export function isNamed(provider: string | undefined): provider is string {
  return provider !== undefined && provider !== OTHER && provider !== LOCAL;
}

/** The names of all providers that a server can be of, `other` first. */
export const PROVIDERS: readonly string[] = [OTHER, ...Object.keys(HOST_SUFFIXES)];

/** One real-looking host for each provider, for the tests and for the documentation. */
export const HOST_EXAMPLES: Readonly<Record<string, string>> = {
  'gmail-smtp-in.l.google.com': 'google',
  'aspmx2.googlemail.com': 'google',
  'example-com.mail.protection.outlook.com': 'microsoft',
  'hotmail-com.olc.protection.outlook.com': 'microsoft',
  'mta7.am0.yahoodns.net': 'yahoo',
  'mx-aol.mail.gm0.yahoodns.net': 'yahoo',
  'mx01.mail.icloud.com': 'apple',
  'mx00.emig.gmx.net': 'gmx',
  'mx-ha02.web.de': 'gmx',
  'mx01.ionos.de': 'ionos',
  'mx1.mail.ovh.net': 'ovh',
  'mxa-0016f301.gslb.pphosted.com': 'proofpoint',
  'eu-smtp-inbound-1.mimecast.com': 'mimecast',
  'd12345.a.ess.barracudanetworks.com': 'barracuda',
  'mx.zoho.eu': 'zoho',
  'in1-smtp.messagingengine.com': 'fastmail',
  'mail.protonmail.ch': 'proton',
  'mx.yandex.ru': 'yandex',
  'mxs.mail.ru': 'mailru',
  'mx1.mxge.comcast.net': 'comcast',
  'smtp-in.orange.fr': 'orange',
  'mx1.free.fr': 'free',
  'smtpz4.laposte.net': 'laposte',
  'mx00.t-online.de': 'tonline',
  'mail.telekom.de': 'telekom',
  'esa1.example.iphmx.com': 'cisco',
  'route1.mx.cloudflare.net': 'cloudflare',
  'mxa.mailgun.org': 'mailgun',
  'inbound-smtp.eu-west-1.amazonaws.com': 'amazon',
  'mx1.emailsrvr.com': 'rackspace',
  'mailstore1.secureserver.net': 'godaddy',
};

/** One domain for some providers, for the tests and for the documentation. */
export const DOMAIN_EXAMPLES: Readonly<Record<string, string>> = {
  'gmail.com': 'google',
  'hotmail.fr': 'microsoft',
  'contoso.onmicrosoft.com': 'microsoft',
  'yahoo.co.uk': 'yahoo',
  'me.com': 'apple',
  'web.de': 'gmx',
  'wanadoo.fr': 'orange',
  'bk.ru': 'mailru',
};

function invert(table: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(table).flatMap(([provider, names]) => names.map((name) => [name, provider])));
}

const BY_HOST = invert(HOST_SUFFIXES);
const BY_DOMAIN = invert(DOMAINS);

/** Longest host name that DNS allows, with room for a final dot. */
const MAX_NAME = 254;

function look(table: ReadonlyMap<string, string>, name: string): string {
  if (name.length > MAX_NAME) return OTHER;
  let suffix = name.toLowerCase();
  if (suffix.endsWith('.')) suffix = suffix.slice(0, -1);
  while (suffix.length > 0) {
    const provider = table.get(suffix);
    if (provider !== undefined) return provider;
    const dot = suffix.indexOf('.');
    if (dot < 0) return OTHER;
    suffix = suffix.slice(dot + 1);
  }
  return OTHER;
}

/** Takes a relay or MX host (`gmail-smtp-in.l.google.com`), gives its provider (`google`) or `other`. */
export function providerOfHost(host: string): string {
  return look(BY_HOST, host);
}

/** Takes a recipient domain (`hotmail.fr`), gives the provider that takes its mail or `other`. */
export function providerOfDomain(domain: string): string {
  return look(BY_DOMAIN, domain);
}
