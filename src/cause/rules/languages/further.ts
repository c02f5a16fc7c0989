/**
 * Japanese, Chinese, Korean, Turkish, Finnish, Hungarian and Greek. East Asian scripts write no blanks between
 * words, so that their phrases are parts of sentences; full-width forms are rare in replies and left as they are.
 */
import { language } from './language.ts';

/** Japanese. */
export const JAPANESE_RULES = language('japanese', [
  { cause: 'virus', any: ['ウイルス', 'ウィルス', 'マルウェア'], examples: ['550 ウイルスが検出されました'] },
  {
    cause: 'message_too_large',
    any: ['(サイズ|容量) ~ (大き|超過|超えて|制限|上限)', '大きすぎ'],
    none: ['メールボックス', '受信箱', '受信者', 'ディスク'],
    examples: ['552 メッセージサイズが大きすぎます'],
  },
  {
    cause: 'mailbox_full',
    any: [
      '(メールボックス|受信箱|受信者) ~ (いっぱい|一杯|満杯|容量|超え|超過|フル)',
      'いっぱい',
      '容量が一杯',
      '満杯',
      '容量 ~ (超え|超過|不足)',
      '空き容量',
    ],
    examples: ['552 メールボックスがいっぱいです', '552 容量が一杯です'],
  },
  {
    cause: 'smtp_auth',
    detail: 'failed',
    any: ['認証 ~ (失敗|エラー|できません)', 'パスワード'],
    none: ['ドメイン', '送信ドメイン'],
    examples: ['535 認証に失敗しました'],
  },
  {
    cause: 'ip_blocklisted',
    detail: '$list',
    any: [
      'ブラックリスト',
      '(ip|アドレス) ~ (拒否|ブロック|規制) ~ (リスト|ip)',
      'ip ~ (拒否|ブロック|規制)',
    ],
    examples: ['550 IPアドレスがブラックリストに登録されています'],
  },
  {
    cause: 'rate_limited',
    detail: 'connections',
    any: ['(接続数|同時接続)'],
    examples: ['421 同時接続数の上限です'],
  },
  {
    cause: 'rate_limited',
    detail: 'messages',
    any: ['(送信数|通数|大量|送信制限|送信頻度) ~ (超え|制限|上限|送信|規制)', '送信制限'],
    examples: ['450 送信制限を超えました'],
  },
  { cause: 'spam_content', any: ['(スパム|迷惑メール)'], examples: ['550 迷惑メールと判定されました'] },
  {
    cause: 'sender_rejected',
    any: ['(送信者|差出人|送信元) ~ (拒否|存在しません|無効|不正|見つかりません)'],
    examples: ['550 送信者アドレスが拒否されました'],
  },
  {
    cause: 'domain_not_found',
    any: ['ドメイン ~ (存在しません|見つかりません|見つからない|不明)'],
    examples: ['550 ドメインが見つかりません'],
  },
  {
    cause: 'mailbox_disabled',
    any: [
      '(アカウント|メールボックス|ユーザ|アドレス) ~ (無効|停止|凍結|休止|利用できません|使用できません)',
      '停止中',
      '解約',
    ],
    examples: ['550 アカウントは無効です'],
  },
  {
    cause: 'recipient_restricted',
    any: ['(受信者|受信) ~ (拒否|許可されていません)', '受信拒否'],
    examples: ['550 受信拒否設定されています'],
  },
  {
    cause: 'user_unknown',
    detail: 'no_such_user',
    any: [
      '見つからな',
      '配信されませんでした',
      '宛先不明',
      '見つかりません',
      '見つからな',
      '存在しません',
      '存在しない',
      'リストにありません',
      'あて先不明',
      '(宛先|ユーザ|アドレス|受信者) ~ (不明|誤り|間違|ありません|無効)',
      '該当するユーザ',
    ],
    examples: ['550 ユーザーが存在しません', '550 宛先のアドレスに誤りがあります'],
  },
  {
    cause: 'remote_problem',
    detail: 'busy',
    any: ['(混雑|混み合|過負荷|一時的|しばらく|再度|障害|メンテナンス)', 'エラーが発生'],
    examples: ['451 サーバーが混雑しています', '451 一時的なエラーです'],
  },
]);

/** Chinese, simplified and traditional. */
export const CHINESE_RULES = language('chinese', [
  { cause: 'virus', any: ['(病毒|木马|恶意软件|惡意軟體)'], examples: ['554 邮件含有病毒'] },
  {
    cause: 'rate_limited',
    detail: 'connections',
    any: [
      '(并发|並發|同时|同時) ~ (连接|連接|連線)',
      '(并发|並發|同时|同時)(连接|連接|連線)',
      '连接数 ~ (过大|过多|超过|超出)',
      '连接数(过大|过多|超过|超出)',
    ],
    examples: ['421 该IP同时并发连接数过大'],
  },
  {
    cause: 'message_too_large',
    any: [
      '(邮件|信件|附件|郵件|大小)(过大|太大|過大|超过|超過|超出|大小)',
      '(过大|太大|過大)',
      '(邮件|信件|附件|郵件) ~ (过大|太大|過大|超大|大小)',
    ],
    none: ['连接', '連線', '連接', '并发', '邮箱空间', '信箱'],
    examples: ['552 邮件大小超过限制', '552 附件太大'],
    nearMisses: ['421 该IP并发连接数过大'],
  },
  {
    cause: 'rate_limited',
    detail: 'recipients',
    any: ['(rcpt|收件人数|收件人数量) ~ (超出|超过|超過|上限|限制)'],
    examples: ['451 收件人数量超过限制'],
  },
  {
    cause: 'mailbox_full',
    any: [
      '(邮箱|信箱|郵箱|邮箱空间|空间|容量)(已满|满|已滿|滿|不足|已超|超过|超過|超出|用完|已用完)',
      '(邮箱|信箱|郵箱|空间|容量) ~ (已满|满|已滿|滿|不足|超过|超過|超出)',
      '(已满|已滿|满了)',
      '空间不足',
      '容量超过',
    ],
    none: ['频率', '發送', '次数', '数量'],
    examples: ['552 收件人邮箱空间不足', '552 信箱已滿'],
  },
  {
    cause: 'smtp_auth',
    detail: 'failed',
    any: [
      '(认证|驗證|验证|密码|密碼|登录) ~ (失败|失敗|错误|錯誤)',
      '(认证|驗證|验证|登录)(失败|失敗)',
      '密码错误',
    ],
    none: ['域名'],
    examples: ['535 认证失败'],
  },
  {
    cause: 'ip_blocklisted',
    detail: '$list',
    any: [
      'ip ~ (挂起|不在)',
      '(发信ip|该ip) ~ (垃圾邮件|异常)',
      '(黑名单|黑名單)',
      'ip ~ (被拒|拒绝|拒絕|封禁|禁止|屏蔽|限制)',
      '(ip|服务器)(被封|被拒绝)',
    ],
    none: ['大量信件', '大量邮件', '数量', '发件人', '寄件者', '收件人黑名单'],
    examples: ['554 发信IP因发送垃圾邮件,被暂时挂起', '550 您的IP已被列入黑名单'],
  },
  {
    cause: 'greylisted',
    any: ['(灰名单|灰名單)', '(分钟|分鐘)后 ~ (重试|重試)', '(分钟|分鐘)(后重试|后再试|後重試)'],
    examples: ['451 灰名单,请稍后'],
  },
  {
    cause: 'rate_limited',
    detail: 'messages',
    any: [
      '(发信|发送|邮件)数量 ~ (超过|超出|限制)',
      '(大量|过量)(信件|邮件)',
      '(发信|发送)数量(超过|超出)',
      '(频率|頻率|过于频繁|過於頻繁|发送数量|次数) ~ (限制|超过|超過|过高|過高|超出)',
      '(频率|頻率|频繁|頻繁|太多|过多|過多|连接数)',
    ],
    examples: [
      '451 发信人在15分钟内的发信数量超过限制',
      '421 该IP短期内发送了大量信件,被临时禁止连接',
      '450 发送频率超过限制',
    ],
  },
  {
    cause: 'spam_content',
    any: ['(垃圾邮件|垃圾郵件|垃圾信)', '广告邮件', '反垃圾', '内容 ~ (拒绝|违规|敏感)'],
    none: ['发信ip', '该ip', '黑名单'],
    examples: ['554 被判定为垃圾邮件'],
  },
  {
    cause: 'relay_denied',
    any: [
      '(继电|中继|中繼)(检查|檢查) ~ (失败|失敗)',
      '继电检查',
      '(拒绝|拒絕|禁止|不允许)(中继|中繼|转发|轉發)',
    ],
    examples: ['553 拒绝中继'],
  },
  {
    cause: 'sender_rejected',
    any: [
      '(信封发件人|发件人|mail from) ~ (不匹配|不一致)',
      '发件人(不匹配|不一致)',
      '(发件人|寄件者|寄件人|发信人|發件人) ~ (不合法|非法)',
      '(发件人|寄件者|寄件人|发信人|發件人)(地址|域名|)(不合法|非法)',
      '(发件人|寄件者|寄件人|发信人|發件人) ~ (拒绝|拒絕|不存在|无效|無效|被拒|黑名单|限制)',
      '(发件人|寄件者|寄件人|发信人|發件人)(地址|域名|)(不存在|被拒绝|无效|無效|被拒絕)',
    ],
    none: ['频率'],
    examples: [
      '554 信封发件人和信头发件人不匹配',
      '554 发信人地址不合法',
      '550 发件人被拒绝',
      '550 寄件者網域不存在: 寄件者無效',
    ],
  },
  {
    cause: 'domain_not_found',
    any: [
      '(域名|网域|網域|域)(不存在|无法解析|無法解析|未找到)',
      '(域名|网域|網域) ~ (不存在|无法解析|無法解析)',
    ],
    examples: ['550 域名不存在'],
  },
  {
    cause: 'mailbox_disabled',
    any: [
      '(帐号|账号|帳號|帐户|账户|帳戶|邮箱|信箱|用户) ~ (停用|禁用|冻结|凍結|锁定|鎖定|注销|关闭|關閉|失效|暂停)',
      '(已停用|被停用|已禁用|被禁用|已冻结|被冻结|已注销|已关闭)',
    ],
    examples: ['550 该帐号已被停用'],
  },
  {
    cause: 'recipient_restricted',
    any: ['(收件人|用户|收信人) ~ (拒收|拒绝接收|拒絕接收|设置)', '(拒收|收件人黑名单)'],
    examples: ['550 收件人拒收您的邮件'],
  },
  {
    cause: 'user_unknown',
    detail: 'no_such_user',
    any: [
      '未开通',
      '尚未开通',
      '不存在',
      '(無效的|无效的|错误的|未知)(收件人|用户|地址|邮箱|使用者|收件者)',
      '(收件人|用户|地址|邮箱|使用者|收件者|帐号) ~ (错误|錯誤|无效|無效|未找到|找不到|没有)',
      '(收件人|收件者|地址|用户名)(错误|錯誤|地址错误|无效|無效)',
      '(查无此|查無此|找不到|没有该|无此)(人|用户|收件人|使用者|邮箱|)',
    ],
    examples: ['550 该用户未开通QQ邮箱', '550 收件人不存在', '550 查無此人'],
  },
  {
    cause: 'policy_other',
    any: ['(策略|规则|規則|政策) ~ (拒绝|拒絕)', '拒绝访问', '存取被拒'],
    examples: ['550 拒绝访问'],
  },
  {
    cause: 'remote_problem',
    detail: 'busy',
    any: [
      '(稍后|稍後|请重试|重試|重试|系统繁忙|系統忙碌|繁忙|忙碌|暂时|暫時|维护|維護)',
      '(系统|系統|服务器|伺服器|内部)(错误|錯誤|故障|异常)',
    ],
    examples: ['451 系统繁忙，请稍后再试', '451 伺服器錯誤'],
  },
]);

/** Korean. */
export const KOREAN_RULES = language('korean', [
  {
    cause: 'message_too_large',
    any: ['(크기|용량) ~ (초과|큽니다|제한)', '너무 큽니다'],
    none: ['메일함', '편지함', '사서함'],
    examples: ['552 메일 크기가 제한을 초과했습니다'],
  },
  {
    cause: 'mailbox_full',
    any: ['(메일함|편지함|사서함|용량) ~ (가득|초과|부족|꽉)', '(가득|용량 초과)'],
    examples: ['552 편지함이 가득 찼습니다'],
  },
  { cause: 'spam_content', any: ['(스팸)'], examples: ['550 스팸 메일로 차단되었습니다'] },
  {
    cause: 'ip_blocklisted',
    detail: '$list',
    any: ['(블랙리스트|차단된 ip|ip 차단)', 'ip ~ 차단'],
    examples: ['550 블랙리스트에 등록된 IP'],
  },
  {
    cause: 'domain_not_found',
    any: ['도메인 ~ (존재하지|찾을 수|없는)'],
    examples: ['550 도메인이 존재하지 않습니다'],
  },
  {
    cause: 'mailbox_disabled',
    any: ['(계정|사용자|메일) ~ (휴면|정지|중지|비활성|해지|탈퇴)', '(휴면 계정|사용 중지)'],
    examples: ['550 휴면 계정입니다'],
  },
  {
    cause: 'user_unknown',
    detail: 'no_such_user',
    any: [
      '존재하지',
      '없는 (사용자|수신자|계정|주소|메일)',
      '찾을 수 없',
      '(수신자|사용자|계정|주소) ~ (없습니다|없음|잘못|오류)',
      '알 수 없는',
    ],
    examples: ['550 존재하지 않는 사용자입니다', '550 수신자를 찾을 수 없습니다'],
  },
  {
    cause: 'remote_problem',
    detail: 'busy',
    any: ['(나중에|잠시 후|다시 시도|일시적|점검)'],
    examples: ['451 잠시 후 다시 시도해 주십시오'],
  },
]);

/** Turkish. `ı` is folded to `i` before. */
export const TURKISH_RULES = language('turkish', [
  {
    cause: 'message_too_large',
    any: ['(mesaj|ileti|e posta|boyut|boyutu) ~ (cok buyuk|asiyor|asildi|buyuk)'],
    none: ['kutusu'],
    examples: ['552 Mesaj çok büyük'],
  },
  {
    cause: 'mailbox_full',
    any: ['(kutusu|kota|kotasi|posta kutusu) ~ (dolu|dolmus|asildi|asti|doldu)', 'kota asimi'],
    examples: ['552 Posta kutusu dolu'],
  },
  { cause: 'spam_content', any: ['(istenmeyen|spam olarak)'], examples: ['550 İstenmeyen posta'] },
  {
    cause: 'mailbox_disabled',
    any: ['(hesap|hesabi|kullanici|kutusu) ~ (kapali|askiya|devre disi|pasif|kapatilmis|engellen*)'],
    examples: ['550 Hesap askıya alındı'],
  },
  {
    cause: 'domain_not_found',
    any: ['(alan adi|alani|etki alani) ~ (bulunamadi|yok|gecersiz)'],
    examples: ['550 Alan adı bulunamadı'],
  },
  {
    cause: 'user_unknown',
    detail: 'no_such_user',
    any: [
      '(kullanici|alici|posta|adres|adresi|hesap) ~ (bulunamadi|yok|bilinmiyor|mevcut degil|gecersiz|tanimli degil)',
      '(bilinmeyen|gecersiz|boyle bir) (kullanici|alici|adres)',
    ],
    examples: ['550 Kullanıcı bulunamadı', '550 Geçersiz alıcı'],
  },
]);

/** Finnish, Hungarian and Greek. */
export const OTHER_LANGUAGE_RULES = [
  ...language('finnish', [
    {
      cause: 'mailbox_full',
      any: ['(postilaatikko|laatikko|tila|kiintio) ~ (taynna|taysi|loppu|ylittynyt|ylitetty)'],
      examples: ['552 Postilaatikko on täynnä'],
    },
    {
      cause: 'user_unknown',
      detail: 'no_such_user',
      any: [
        '(vastaanottaja|vastaanottajaa|kayttaja|kayttajaa|osoite|osoitetta|tili|tilia) ~ (ei loydy|ei loytynyt|ei ole|tuntematon|ei tunneta)',
        'tuntematon (vastaanottaja|kayttaja|osoite)',
      ],
      examples: ['550 Vastaanottajaa ei löydy'],
    },
  ]),
  ...language('hungarian', [
    {
      cause: 'mailbox_full',
      any: ['(postafiok|postalada|kvota) ~ (megtelt|tele|tullepte|betelt)'],
      examples: ['552 A postafiók megtelt'],
    },
    {
      cause: 'user_unknown',
      detail: 'no_such_user',
      any: [
        '(felhasznalo|cimzett|postafiok|cim) ~ (nem letezik|ismeretlen|nem talalhato|ervenytelen)',
        '(ismeretlen|nem letezo) (felhasznalo|cimzett|postafiok|cim)',
        'nincs ilyen (felhasznalo|cimzett|postafiok|cim)',
      ],
      examples: ['550 A címzett nem létezik'],
    },
  ]),
  ...language('greek', [
    {
      cause: 'mailbox_full',
      any: ['(γεμάτο|γεματο|πλήρες|πληρες|υπέρβαση)'],
      examples: ['552 Το γραμματοκιβώτιο είναι γεμάτο'],
    },
    {
      cause: 'user_unknown',
      detail: 'no_such_user',
      any: [
        '(χρήστης|παραλήπτης|διεύθυνση|λογαριασμός) ~ (δεν υπάρχει|άγνωστ|δεν βρέθηκε)',
        'άγνωστος (χρήστης|παραλήπτης)',
      ],
      examples: ['550 Ο χρήστης δεν υπάρχει'],
    },
  ]),
];
