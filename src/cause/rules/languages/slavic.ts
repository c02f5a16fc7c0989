/** Russian, Ukrainian, Polish, Czech and Slovak. Cyrillic stays as it is, with its word stems open at the end. */
import { language } from './language.ts';

/** Russian, with Ukrainian where its words differ. */
export const RUSSIAN_RULES = language('russian', [
  {
    cause: 'virus',
    any: ['вирус', 'вредоносн'],
    examples: ['550 Обнаружен вирус', '550 Вредоносное вложение'],
  },
  {
    cause: 'message_too_large',
    any: [
      '(размер|объем|розмір) ~ (превыша|превышен|превыси|больше|перевищ)',
      '(сообщение|письмо|лист) ~ (слишком|больш|велик|завелик)',
      'слишком большо',
    ],
    none: ['ящик', 'скриньк'],
    examples: ['552 Размер сообщения превышает допустимый', '552 Письмо слишком большое'],
  },
  {
    cause: 'mailbox_full',
    any: [
      '(переполнен|переповнен)',
      'квот',
      '(ящик|места|место) ~ (полон|заполнен|недостаточно|нет места)',
      '(недостаточно|нет) (места|свободного)',
    ],
    none: ['отправк', 'в час', 'в сутки', 'лимит'],
    examples: ['552 Превышена квота почтового ящика', '552 Недостаточно места'],
  },
  {
    cause: 'smtp_auth',
    detail: 'failed',
    any: [
      '(аутентификаци|авторизаци|пароль|логин|автентифікаці) ~ (ошибк|невер|неправильн|неудач|не удал|помилк|провал)',
      '(ошибка|неверн|неправильн|помилка) ~ (аутентификаци|авторизаци|парол|логин|автентифікаці)',
    ],
    examples: ['535 Ошибка аутентификации'],
  },
  {
    cause: 'smtp_auth',
    detail: 'required',
    any: ['(требуется|необходима|нужна|потрібна) ~ (аутентификаци|авторизаци|автентифікаці)'],
    examples: ['530 Требуется аутентификация'],
  },
  {
    cause: 'host_identity',
    detail: 'ptr',
    any: ['(обратн|ptr|rdns) ~ (запис|зон|dns|отсутству|не найден|нет)'],
    examples: ['550 Обратная зона не найдена'],
  },
  {
    cause: 'ip_blocklisted',
    detail: '$list',
    any: [
      '(черном|чёрном|черный|чёрный|чорному|чорний) (списк|список)',
      '(ip|адрес|сервер) ~ (заблокирован|в списке|заблокован) ~ (спам|ip|список|списк)',
      'блок-лист',
      'стоп-лист',
      'ip ~ (заблокирован|заблокован)',
    ],
    none: ['отправител', 'ящик'],
    examples: ['550 Ваш IP-адрес находится в черном списке'],
  },
  {
    cause: 'greylisted',
    any: [
      '(серый список|сером списке|серые списки|грейлист)',
      '(повторите|попробуйте|спробуйте) ~ (минут|секунд|хвилин)',
    ],
    examples: ['451 Повторите через 5 минут'],
  },
  {
    cause: 'rate_limited',
    detail: 'connections',
    any: ["(слишком много|превышен|лимит|забагато) ~ (соединени|подключени|сесси|з'єднан)"],
    examples: ['421 Слишком много соединений'],
  },
  {
    cause: 'rate_limited',
    detail: 'recipients',
    any: ['(слишком много|превышен|лимит|забагато) ~ (получател|адресат|одержувач)'],
    examples: ['452 Слишком много получателей'],
  },
  {
    cause: 'rate_limited',
    detail: 'messages',
    any: [
      '(слишком много|превышен|лимит|забагато|слишком часто) ~ (сообщени|писем|отправк|отправлен|повідомлен|листів|в час|в сутки)',
      'слишком часто',
    ],
    examples: ['450 Превышен лимит отправки сообщений'],
  },
  {
    cause: 'spam_content',
    any: ['(спам|нежелательн|рассылк)'],
    none: ['ip', 'списке', 'список'],
    examples: ['550 Сообщение отклонено: подозрение на спам'],
  },
  {
    cause: 'content_rejected',
    detail: 'attachment',
    any: [
      '(вложени|вкладенн|тип файла) ~ (запрещ|недопустим|не разреш|заборон)',
      '(запрещ|недопустим) ~ (вложени|тип файла)',
    ],
    examples: ['550 Вложение запрещено'],
  },
  {
    cause: 'sender_rejected',
    any: [
      '(отправител|відправник) ~ (отклон|не существует|заблокирован|недопустим|неверн|не найден|запрещ|відхилен|не існує)',
      '(неверн|недопустим|неизвестн) ~ (отправител)',
    ],
    none: ['получател'],
    examples: ['550 Адрес отправителя отклонён', '550 Домен отправителя не существует'],
  },
  {
    cause: 'relay_denied',
    any: [
      '(ретрансляци|пересылк|релей) ~ (запрещ|не разреш|отклон|заборон)',
      '(запрещ|не разреш) ~ (ретрансляци|пересылк|релей)',
    ],
    examples: ['550 Пересылка запрещена'],
  },
  {
    cause: 'domain_not_found',
    any: [
      'домен ~ (не существует|не найден|неизвест|не існує|не знайдено)',
      '(не найден|неизвестн|не знайдено) ~ домен',
    ],
    none: ['отправител', 'відправник'],
    examples: ['550 Домен не существует'],
  },
  {
    cause: 'mailbox_disabled',
    any: [
      '(ящик|аккаунт|учетная запись|учётная запись|пользовател|адрес|почта|обліковий|скриньк) ~ (заблокирован|отключен|отключён|неактив|деактив|приостановл|закрыт|удален|удалён|заблокован|вимкнен)',
    ],
    none: ['ip', 'отправител'],
    examples: ['550 Почтовый ящик заблокирован', '550 Учётная запись отключена'],
  },
  {
    cause: 'recipient_restricted',
    any: ['(получател|адресат|список) ~ (не принимает|запретил|ограничил|только от|заблокировал)'],
    examples: ['550 Получатель не принимает почту от вас'],
  },
  {
    cause: 'user_unknown',
    detail: 'no_such_user',
    any: [
      '(пользовател|получател|адресат|ящик|адрес|аккаунт|абонент|користувач|одержувач|скриньк) ~ (не найден|не существует|неизвест|неверн|отсутству|не знайден|не існує|невідом|недейств|не обнаружен|не зарегистрирован)',
      '(нет|неизвестн|неверн|несуществующ|не найден|не существует|немає|невідом) ~ (пользовател|получател|адресат|ящик|адрес|абонент|користувач|одержувач|скриньк)',
    ],
    none: ['отправител', 'відправник', 'ip'],
    examples: [
      '550 Нет такого пользователя',
      '550 Почтовый ящик не существует',
      '550 Користувача не знайдено',
    ],
  },
  {
    cause: 'policy_other',
    any: [
      '(политик|правил|администратор) ~ (отклон|запрещ|наруш|блокир)',
      '(отклон|запрещ|наруш) ~ (политик|правил|администратор)',
      'доступ запрещ',
      'отказано',
    ],
    examples: ['550 Отклонено политикой', '550 Доступ запрещён'],
  },
  {
    cause: 'remote_problem',
    detail: 'busy',
    any: [
      '(попробуйте|повторите|спробуйте) ~ (позже|позднее|пізніше|ещё раз|еще раз)',
      '(временн|внутренн|тимчасов|внутрішн) ~ (ошибк|сбой|недоступ|помилк|проблем)',
      '(сервер|сервис|служба) ~ (недоступ|перегружен|занят|не отвечает)',
      '(временно|тимчасово) ~ недоступ',
    ],
    examples: ['451 Временная ошибка сервера', '421 Сервер перегружен'],
  },
]);

/** Polish. Accents are folded before: `ł` is `l`, `ą` is `a`. */
export const POLISH_RULES = language('polish', [
  {
    cause: 'message_too_large',
    any: [
      '(wiadomosc|list|zalacznik|rozmiar) ~ (za duza|zbyt duza|za duzy|zbyt duzy|przekracza|przekroczon*)',
    ],
    none: ['skrzynk*'],
    examples: ['552 Rozmiar przekracza limit', '552 Wiadomość jest za duża'],
  },
  {
    cause: 'mailbox_full',
    any: [
      '(skrzynka|skrzynki|poczta|konto|limit|quota|pojemnosc) ~ (pelna|przepelnion*|przekroczon*|zapelnion*|brak miejsca)',
      'brak miejsca',
    ],
    none: ['wysyl*', 'wiadomosci na'],
    examples: ['552 Skrzynka odbiorcy jest pełna', '452 Brak miejsca'],
  },
  {
    cause: 'smtp_auth',
    detail: 'failed',
    any: [
      '(uwierzytelnianie|uwierzytelnienie|autoryzacja|haslo|logowanie) ~ (nie powiodl*|nieudan*|bledn*|niepoprawn*|nieprawidlow*)',
      '(blad|bledne) ~ (uwierzytelni*|autoryzacji|haslo|logowania)',
    ],
    examples: ['535 Błąd uwierzytelniania'],
  },
  {
    cause: 'smtp_auth',
    detail: 'required',
    any: [
      '(uwierzytelnianie|uwierzytelnienie|autoryzacja|logowanie) ~ (wymagan*|konieczn*)',
      'wymagan* ~ (uwierzytelni*|autoryzacj*|logowani*)',
    ],
    examples: ['530 Wymagana autoryzacja'],
  },
  {
    cause: 'ip_blocklisted',
    detail: '$list',
    any: [
      '(ip|adres ip|serwer) ~ (czarnej liscie|zablokowan*|czarna lista|zablokowane)',
      '(czarnej liscie|czarna lista)',
    ],
    none: ['nadawc*', 'konto'],
    examples: ['550 Twój adres IP jest na czarnej liście'],
  },
  {
    cause: 'rate_limited',
    detail: 'connections',
    any: ['(zbyt wiele|za duzo|zbyt duzo|za wiele) ~ (polaczen|sesji)'],
    examples: ['421 Zbyt wiele połączeń'],
  },
  {
    cause: 'rate_limited',
    detail: 'recipients',
    any: ['(zbyt wielu|za duzo|zbyt duzo|za wielu) ~ (odbiorcow|adresatow)'],
    examples: ['452 Zbyt wielu odbiorców'],
  },
  {
    cause: 'rate_limited',
    detail: 'messages',
    any: [
      '(zbyt wiele|za duzo|zbyt duzo|za wiele|przekroczon*) ~ (wiadomosci|listow|maili|wysylanych)',
      'limit wysyl*',
    ],
    examples: ['421 Zbyt wiele wiadomości'],
  },
  {
    cause: 'spam_content',
    any: ['niechcian*'],
    none: ['ip', 'lista', 'liscie'],
    examples: ['550 Niechciana poczta'],
  },
  {
    cause: 'content_rejected',
    detail: 'attachment',
    any: [
      'zalacznik* ~ (niedozwolon*|zabronion*|zablokowan*|nie jest dozwolony)',
      '(niedozwolony|zabroniony) zalacznik',
    ],
    examples: ['550 Niedozwolony załącznik'],
  },
  {
    cause: 'sender_rejected',
    any: [
      '(nadawca|nadawcy) ~ (odrzucon*|nie istnieje|zablokowan*|nieprawidlow*|niepoprawn*|nieznan*)',
      'nieprawidlowy nadawca',
    ],
    none: ['odbiorc*'],
    examples: ['550 Domena nadawcy nie istnieje'],
  },
  {
    cause: 'relay_denied',
    any: [
      '(relay|przekazywanie|relayowanie) ~ (zabronion*|niedozwolon*|odrzucon*|nie dozwolone)',
      'brak zgody na przekazywanie',
    ],
    examples: ['550 Przekazywanie zabronione'],
  },
  {
    cause: 'domain_not_found',
    any: [
      '(domena|domeny) ~ (nie istnieje|nie znaleziono|nieznana|nie zostala znaleziona)',
      'nie znaleziono domeny',
      'nieznana domena',
    ],
    none: ['nadawc*'],
    examples: ['550 Domena nie istnieje'],
  },
  {
    cause: 'mailbox_disabled',
    any: [
      '(konto|skrzynka|uzytkownik|adres) ~ (zablokowan*|nieaktywn*|zawieszon*|wylaczon*|usuniet*|zamkniet*|wygas*)',
    ],
    none: ['ip'],
    examples: ['550 Konto zostało zablokowane'],
  },
  {
    cause: 'user_unknown',
    detail: 'no_such_user',
    any: [
      '(uzytkownik|odbiorca|skrzynka|adres|konto|adresat) ~ (nieznan*|nie istnieje|nieistniejac*|nie znalezion*|nieprawidlow*|niepoprawn*|nie zostal znaleziony|bledn*)',
      '(nie ma|nieznany|nieznana|nie znaleziono|brak|nieprawidlowy|niepoprawny) (takiego |takiej |)(uzytkownika|konta|adresu|odbiorcy|skrzynki|uzytkownik|odbiorca|adresat|adres)',
    ],
    none: ['nadawc*'],
    examples: ['550 5.1.1 Adres nie istnieje', '550 Nie ma takiego konta'],
  },
  {
    cause: 'remote_problem',
    detail: 'busy',
    any: [
      '(sprobuj|prosze sprobowac|ponow) ~ (pozniej|ponownie|probe)',
      '(tymczasowy|wewnetrzny|chwilowy) (blad|problem)',
      '(usluga|serwer|serwis) ~ (niedostepn*|przeciazon*|zajety)',
      'chwilowo niedostepn*',
    ],
    examples: ['451 Spróbuj ponownie później', '421 Usługa niedostępna'],
  },
]);

/** Czech and Slovak. */
export const CZECH_RULES = language('czech', [
  {
    cause: 'host_identity',
    detail: 'ptr',
    any: ['(nema|chybi|chybejici|bez) ~ (reverzni|ptr)', '(reverzni|ptr) ~ (neexistuje|chybi|nenalezen*)'],
    examples: ['554 Vaše IP adresa nemá reverzní DNS záznam'],
  },
  {
    cause: 'message_too_large',
    any: ['(zprava|sprava) ~ (prilis velka|je prilis velka|prekracuje|prekrocila|velka)'],
    examples: ['552 Zpráva je příliš velká'],
  },
  {
    cause: 'mailbox_full',
    any: ['(schranka|kvota|uloziste) ~ (plna|prekrocena|preplnena|zaplnena)', 'plna schranka'],
    examples: ['552 Schránka je plná'],
  },
  {
    cause: 'mailbox_disabled',
    any: [
      '(schranka|ucet|uzivatel|konto) ~ (zablokovan*|deaktivovan*|pozastaven*|zrusen*|neaktivni|neaktivn*|vypnut*)',
    ],
    examples: ['550 Účet je zablokován'],
  },
  {
    cause: 'domain_not_found',
    any: ['(domena) ~ (neexistuje|nenalezena|neznama)'],
    examples: ['550 Doména neexistuje'],
  },
  {
    cause: 'user_unknown',
    detail: 'no_such_user',
    any: [
      '(uzivatel|schranka|adresat|prijemce|adresa|ucet|pouzivatel|prijemca) ~ (neexistuje|neznamy|neznama|nenalezen*|nebyl nalezen|neplatn*|neznamy|nenajden*)',
      '(neznamy|neplatny|neexistujici) (uzivatel|prijemce|adresat|prijemca|pouzivatel)',
    ],
    examples: ['550 Uživatel neexistuje', '550 Neznámý příjemce'],
  },
]);
