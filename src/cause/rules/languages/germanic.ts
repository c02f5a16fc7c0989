/** German, Dutch, Swedish, Danish and Norwegian. Accents are folded before: `ä` is `a`, `ß` is `s`, `ø` is `o`. */
import { language } from './language.ts';

/** German. */
export const GERMAN_RULES = language('german', [
  {
    cause: 'mail_loop',
    any: ['(mailschleife|endlosschleife|schleife)'],
    examples: ['554 Mailschleife erkannt'],
  },
  {
    cause: 'virus',
    any: ['(viren|virus|schadsoftware|schadcode|trojaner)', 'virusinfiziert*', 'virenverseucht*'],
    examples: ['554 Virusinfizierte Nachricht', '550 Schadsoftware gefunden'],
  },
  {
    cause: 'message_too_large',
    any: [
      '(nachricht|mail|e mail|email|nachrichtengrose|anhang) ~ (zu gros|zu grose|uberschreitet|groser|grosenlimit|grosenbeschrankung)',
      'nachrichtengrose',
      'maximale (grose|nachrichtengrose)',
      '(grose|grosenlimit) ~ (uberschritten|uberschreitet)',
    ],
    none: ['postfach', 'mailbox'],
    examples: ['552 Nachrichtengröße überschreitet das Limit', '552 Die E-Mail ist zu groß'],
  },
  {
    cause: 'mailbox_full',
    any: [
      '(postfach|mailbox|speicher|speicherplatz|speicherlimit|kontingent|quota|posteingang) ~ (voll|uberfullt|uberschritten|erschopft|ausgeschopft|belegt|erreicht|nicht genug|nicht genugend)',
      '(kein|zu wenig|nicht genugend|nicht genug) (speicher|speicherplatz|platz)',
    ],
    examples: ['452 Das Kontingent ist ausgeschöpft', '552 Zu wenig Speicherplatz'],
  },
  {
    cause: 'tls_failure',
    detail: 'required',
    any: [
      '(verschlusselung|verschlusselt|verschlusselte|tls) ~ (erforderlich|notwendig|pflicht|nur|zwingend)',
      'nur (verschlusselt|uber tls|mit tls)*',
      'unverschlusselt*',
    ],
    examples: ['550 Verschlüsselung erforderlich', '550 Nur verschlüsselte Verbindungen'],
  },
  {
    cause: 'smtp_auth',
    detail: 'failed',
    any: [
      '(anmeldung|authentifizierung|kennwort|passwort|anmeldedaten|zugangsdaten) ~ (fehlgeschlagen|falsch|ungultig|nicht erfolgreich|abgelehnt|gescheitert)',
    ],
    examples: ['535 Anmeldung fehlgeschlagen'],
  },
  {
    cause: 'smtp_auth',
    detail: 'required',
    any: [
      '(anmeldung|authentifizierung|smtp auth) ~ (erforderlich|notwendig|benotigt|notig)',
      '(anmelden|authentifizieren)',
    ],
    examples: ['530 Anmeldung erforderlich'],
  },
  {
    cause: 'host_identity',
    detail: 'ptr',
    any: [
      '(ptr|reverse dns|rdns|ruckwartsauflosung|reverse lookup|reverse) ~ (fehlt|fehlend*|nicht|ungultig|falsch|eintrag|kein)',
      '(kein|keinen|keine|fehlend*|ungultig*) (ptr|reverse|rdns|ruckwarts*)',
    ],
    examples: ['550 5.7.1 Kein PTR-Eintrag', '550 Die Rückwärtsauflösung ist ungültig'],
  },
  {
    cause: 'ip_blocklisted',
    detail: '$list',
    any: [
      '(ip|ip adresse|server|mailserver|host|rechner|adresse) ~ (sperrliste|blockliste|schwarze liste|schwarzen liste|blacklist|gesperrt|geblockt|blockiert|gelistet)',
      '(sperrliste|blockliste|schwarze liste|schwarzen liste)',
    ],
    none: ['absender*', 'empfanger*', 'postfach', 'konto'],
    examples: ['550 Ihre IP-Adresse steht auf einer Sperrliste'],
  },
  {
    cause: 'greylisted',
    any: [
      '(greylisting|graue liste|greylist)',
      '(sekunden|minuten) ~ (erneut|nochmal|noch einmal|wieder)',
      '(erneut|nochmal|noch einmal|wieder) ~ (sekunden|minuten)',
    ],
    examples: ['450 Bitte versuchen Sie es in 5 Minuten erneut'],
  },
  {
    cause: 'rate_limited',
    detail: 'connections',
    any: ['(zu viele|maximale|maximal) ~ (verbindungen|sitzungen)'],
    examples: ['421 Zu viele gleichzeitige Verbindungen'],
  },
  {
    cause: 'rate_limited',
    detail: 'recipients',
    any: ['(zu viele|maximale|maximal) ~ empfanger'],
    examples: ['452 Zu viele Empfänger'],
  },
  {
    cause: 'rate_limited',
    detail: 'messages',
    any: [
      '(zu viele|maximale|maximal) ~ (nachrichten|mails|e mails|emails|anfragen)',
      '(versandlimit|sendelimit|ratenlimit|tageslimit|stundenlimit)',
      'zu (schnell|haufig|oft)',
    ],
    examples: ['421 Ihr Server sendet zu viele E-Mails', '450 Versandlimit erreicht'],
  },
  {
    cause: 'spam_content',
    any: ['(spamverdacht*|spamnachricht|spammail|werbemail|werbung)', 'unerwunscht*'],
    none: ['adresse', 'blacklist'],
    examples: ['550 Abgelehnt wegen Spamverdachts'],
  },
  {
    cause: 'content_rejected',
    detail: 'attachment',
    any: [
      '(verboten*|unzulassig*|gefahrlich*|unerlaubt*|nicht erlaubt*) (anhang|anhangs|anhange|dateianhang|dateityp|dateiendung)',
      '(makro|makros|dokumente|dateien) ~ (nicht angenommen|nicht erlaubt|nicht zugelassen|verboten|abgelehnt)',
      '(anhang|anhange|dateianhang|dateityp|dateiendung) ~ (nicht|verboten|unzulassig|gesperrt|blockiert|abgelehnt|untersagt)',
      '(verbotener|unzulassiger|gefahrlicher|unerlaubter) (anhang|dateityp)',
    ],
    examples: ['550 Dieser Dateityp ist unzulässig'],
  },
  {
    cause: 'sender_rejected',
    detail: 'domain_invalid',
    any: [
      '(absender|absenderadresse|absenderdomain|absenderdomane) ~ (existiert nicht|ungultig|unbekannt|nicht aufgelost|nicht gefunden|nicht verifiziert|nicht uberpruft|falsch)',
      '(ungultige|unbekannte|ungultiger|unbekannter) absender*',
    ],
    examples: ['550 Absenderadresse: Domain existiert nicht'],
  },
  {
    cause: 'sender_rejected',
    detail: 'address_blocked',
    any: [
      '(absender|absenderadresse|absenderdomain) ~ (abgelehnt|gesperrt|blockiert|nicht erlaubt|nicht berechtigt|nicht zugelassen|nicht akzeptiert)',
    ],
    none: ['empfanger*', 'postfach'],
    examples: ['550 Der Absender ist gesperrt'],
  },
  {
    cause: 'relay_denied',
    any: [
      '(weiterleiten|weiterleitung|relaying|relay|relayen) ~ (verboten|nicht|verweigert|abgelehnt|untersagt|unzulassig)',
      '(kein|keine) (relay|weiterleitung)',
      'nicht ~ (zustandig) ~ (domain|domane)',
      '(domain|domane) ~ nicht (zustandig|verwaltet|gehostet|hier)',
    ],
    examples: [
      '550 Weiterleiten verboten',
      '550 Für diese Domäne sind wir nicht zuständig',
      '550 Diese Domain wird nicht hier verwaltet',
    ],
  },
  {
    cause: 'domain_not_found',
    any: [
      '(domain|domane|zieldomain|empfangerdomain|host) ~ (existiert nicht|nicht gefunden|unbekannt|nicht bekannt|nicht vorhanden)',
      '(unbekannte|ungultige) (domain|domane)',
    ],
    none: ['absender*', 'postfach', 'benutzer'],
    examples: ['550 Domain existiert nicht', '550 Unbekannte Domäne'],
  },
  {
    cause: 'mailbox_disabled',
    any: [
      '(postfach|konto|benutzer|benutzerkonto|account|empfanger|mailbox|adresse) ~ (gesperrt|deaktiviert|inaktiv|stillgelegt|geschlossen|abgeschaltet|geloscht|eingestellt|nicht mehr aktiv|nicht aktiv|gekundigt)',
    ],
    none: ['vom empfanger', 'absender'],
    examples: ['550 Das Benutzerkonto wurde stillgelegt'],
  },
  {
    cause: 'recipient_restricted',
    any: [
      'vom (empfanger|nutzer|benutzer|postfachinhaber) (abgelehnt|blockiert|gesperrt)',
      '(empfanger|postfach|liste|gruppe|adresse|verteiler) ~ (nimmt keine|akzeptiert keine|akzeptiert nur|nimmt nur|nur fur|nur von|nur intern*|abgelehnt|verweigert)',
      'nicht berechtigt ~ (gruppe|liste|verteiler|empfanger)',
    ],
    examples: ['550 Der Empfänger nimmt keine Nachrichten von Ihnen an'],
  },
  {
    cause: 'user_unknown',
    detail: 'no_such_user',
    any: [
      '(benutzer|empfanger|adresse|postfach|mailbox|konto|empfangeradresse|teilnehmer|nutzer|mailadresse|e mail adresse|email adresse|kunde|alias) ~ (unbekannt*|nicht gefunden|existiert nicht|nicht bekannt|nicht vorhanden|ungultig|gibt es nicht|nicht existent|nicht erreichbar|falsch)',
      '(unbekannter|unbekannte|unbekanntes|ungultiger|ungultige|kein|falsche) (benutzer|empfanger|nutzer|adresse|postfach|mailbox|empfangeradresse|teilnehmer|mailadresse)',
    ],
    examples: ['550 Der Nutzer ist hier nicht bekannt', '550 Unbekannte Mailadresse'],
  },
  {
    cause: 'policy_other',
    any: [
      '(richtlinie|richtlinien|richtliniengrunden|richtlinienverstos|administrator) ~ (abgelehnt|verletzt|verweigert|blockiert|verbietet)',
      '(zugriff|annahme|zustellung) ~ (verweigert|abgelehnt|nicht gestattet)',
      '(gegen|aus|wegen) ~ (richtlinie*|sicherheitsgrunden|sicherheitsrichtlinie*)',
    ],
    examples: ['550 Aus Richtliniengründen abgelehnt', '554 Annahme verweigert'],
  },
  {
    cause: 'remote_problem',
    detail: 'busy',
    any: [
      '(spater|bald) ~ (erneut|nochmal|noch einmal|wieder)',
      '(uberlastet|ausgelastet|zu stark belastet|uberlast)',
      '(dienst|server|service|system) ~ (nicht verfugbar|nicht erreichbar|nicht bereit|wartung|voruber*)',
      '(temporarer|vorubergehender|interner|technischer) (fehler|storung)',
      'vorubergehend*',
    ],
    examples: ['451 Temporärer Fehler', '421 Der Dienst ist nicht verfügbar'],
  },
]);

/** Dutch. */
export const DUTCH_RULES = language('dutch', [
  {
    cause: 'message_too_large',
    any: [
      '(bericht|mail|e mail|bijlage) ~ (te groot|groter dan|overschrijdt)',
      'maximale (berichtgrootte|grootte)',
    ],
    none: ['postvak', 'mailbox'],
    examples: ['552 Het bericht overschrijdt de maximale grootte'],
  },
  {
    cause: 'mailbox_full',
    any: [
      '(mailbox|postvak|postbus|quota|opslagruimte|brievenbus) ~ (vol|overschreden|bereikt|geen ruimte|onvoldoende)',
      'onvoldoende (ruimte|opslag*)',
    ],
    examples: ['552 De mailbox van de ontvanger is vol'],
  },
  {
    cause: 'rate_limited',
    detail: 'connections',
    any: ['te veel ~ verbindingen'],
    examples: ['421 Te veel verbindingen'],
  },
  {
    cause: 'rate_limited',
    detail: 'messages',
    any: ['te veel ~ (berichten|mails|e mails)'],
    examples: ['421 Te veel berichten'],
  },
  {
    cause: 'ip_blocklisted',
    detail: '$list',
    any: ['(ip adres|ip|server) ~ (zwarte lijst|geblokkeerd|blokkeerlijst|blacklist)', 'zwarte lijst'],
    examples: ['550 Uw IP-adres staat op een zwarte lijst'],
  },
  {
    cause: 'spam_content',
    any: ['ongewenst*'],
    examples: ['550 Ongewenst bericht'],
  },
  {
    cause: 'sender_rejected',
    any: [
      '(afzender|afzenderadres|afzenderdomein) ~ (geweigerd|ongeldig|onbekend|bestaat niet|geblokkeerd|niet toegestaan)',
    ],
    examples: ['550 Afzender geweigerd'],
  },
  {
    cause: 'relay_denied',
    any: ['(relay|relaying|doorsturen) ~ (niet toegestaan|geweigerd|verboten|verboden)'],
    examples: ['550 Doorsturen niet toegestaan'],
  },
  {
    cause: 'domain_not_found',
    any: ['(domein|domeinnaam) ~ (bestaat niet|niet gevonden|onbekend)'],
    none: ['afzender*'],
    examples: ['550 Het domein bestaat niet'],
  },
  {
    cause: 'mailbox_disabled',
    any: [
      '(account|mailbox|postvak|gebruiker|adres) ~ (geblokkeerd|uitgeschakeld|gedeactiveerd|opgeheven|niet actief|inactief|afgesloten)',
    ],
    examples: ['550 Dit account is uitgeschakeld'],
  },
  {
    cause: 'user_unknown',
    detail: 'no_such_user',
    any: [
      '(gebruiker|ontvanger|adres|postvak|mailbox|geadresseerde|e mailadres|emailadres|mailadres) ~ (onbekend|bestaat niet|niet gevonden|ongeldig|niet bekend)',
      '(onbekende|ongeldige) (gebruiker|ontvanger|geadresseerde|mailbox)',
      'onbekend (adres|e mailadres|emailadres)',
    ],
    examples: ['550 5.1.1 Onbekende ontvanger', '550 Deze geadresseerde is niet bekend'],
  },
  {
    cause: 'remote_problem',
    detail: 'busy',
    any: ['probeer ~ (later|opnieuw)', '(tijdelijke|interne) (fout|storing)', 'tijdelijk niet beschikbaar'],
    examples: ['451 Probeer het later opnieuw'],
  },
]);

/** Swedish, Danish and Norwegian, which share most words. */
export const NORDIC_RULES = language('nordic', [
  {
    cause: 'rate_limited',
    detail: 'messages',
    any: [
      '(tar emot|mottar|modtager) ~ (for snabbt|for raskt|for hurtigt|for fort)',
      '(for manga|for mange) (meddelanden|meldinger|beskeder|e post|e mails)',
    ],
    examples: ['450 4.2.1 Användaren tar emot e-post för snabbt'],
  },
  {
    cause: 'message_too_large',
    any: [
      '(meddelandet|beskeden|meldingen|brevet|mailen) ~ (for stort|for stor|storre an|storre end|storre enn)',
    ],
    examples: ['552 Meddelandet är för stort'],
  },
  {
    cause: 'mailbox_full',
    any: [
      '(brevladan|postladan|postkassen|mailboxen|postboksen|innboksen|kvoten|inkorgen) ~ (full|fuld|overskriden|overskredet|fylld|overtradt)',
    ],
    examples: ['552 Postkassen er fuld', '552 Brevlådan är full'],
  },
  {
    cause: 'mailbox_disabled',
    any: [
      '(kontot|kontoen|brevladan|postkassen|adressen) ~ (avstangt|avstangd|inaktiverat|sparrat|lukket|sparret|deaktiveret|deaktivert|stengt|inaktivt|inaktiv)',
    ],
    examples: ['550 Kontot är avstängt'],
  },
  {
    cause: 'domain_not_found',
    any: ['(domanen|domanet|domenet) ~ (finns inte|findes ikke|finnes ikke)'],
    examples: ['550 Domänen finns inte'],
  },
  {
    cause: 'user_unknown',
    detail: 'no_such_user',
    any: [
      '(anvandaren|mottagaren|adressen|brevladan|kontot|brugeren|modtageren|postkassen|brukeren|mottakeren|kontoen|e postadressen|epostadressen|emailadressen) ~ (finns inte|existerar inte|okand|kunde inte hittas|hittades inte|findes ikke|eksisterer ikke|ukendt|blev ikke fundet|finnes ikke|ukjent|ble ikke funnet)',
      '(okand|ukendt|ukjent) (anvandare|mottagare|adress|bruger|modtager|adresse|bruker|mottaker)',
    ],
    examples: ['550 Användaren finns inte', '550 Brugeren findes ikke', '550 Ukjent mottaker'],
  },
]);
