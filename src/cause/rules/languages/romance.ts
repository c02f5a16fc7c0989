/** French, Spanish, Italian, Portuguese and Romanian. Accents are folded before: `é` is `e`, `ç` is `c`. */
import { language } from './language.ts';

/** French. */
export const FRENCH_RULES = language('french', [
  { cause: 'mail_loop', any: ['boucle'], examples: ['554 Boucle de messagerie'] },
  {
    cause: 'virus',
    any: ['logiciel malveillant', '(infecte|infectee|infectes)'],
    examples: ['550 Fichier infecté'],
  },
  {
    cause: 'message_too_large',
    any: [
      '(message|mail|courriel|courrier|piece jointe) ~ (trop gros|trop volumineux|trop grand|trop lourd|depasse la taille|taille maximale|taille limite)',
      'taille ~ (depasse|maximale|limite|autorisee|excede|trop)',
    ],
    none: ['boite', 'messagerie'],
    examples: ['552 Courriel trop lourd', '552 Taille autorisée: 10 Mo'],
  },
  {
    cause: 'mailbox_full',
    any: [
      '(boite|boite aux lettres|bal|messagerie|compte|quota|espace) ~ (plein|pleine|saturee|sature|depasse|atteint|insuffisant|depassement|trop pleine)',
      '(quota|espace disque|espace de stockage) ~ (depasse|insuffisant|atteint|epuise)',
      'depassement de quota',
    ],
    examples: ['552 La boîte du destinataire est saturée', '452 Dépassement de quota'],
  },
  {
    cause: 'tls_failure',
    detail: 'required',
    any: [
      '(chiffrement|connexion chiffree|connexion securisee|tls) ~ (requis|requise|obligatoire|exige|necessaire)',
    ],
    examples: ['550 Chiffrement obligatoire'],
  },
  {
    cause: 'smtp_auth',
    detail: 'failed',
    any: [
      '(authentification|mot de passe|identifiant|identifiants) ~ (echouee|echoue|incorrect*|invalide*|refusee|errone*)',
      'echec ~ authentification',
    ],
    none: ['spf', 'dkim', 'dmarc'],
    examples: ['535 Authentification échouée'],
  },
  {
    cause: 'smtp_auth',
    detail: 'required',
    any: [
      '(authentification|identification) ~ (requise|necessaire|obligatoire)',
      'vous (devez|authentifier) ~ authentifi*',
    ],
    examples: ['530 Authentification nécessaire'],
  },
  {
    cause: 'host_identity',
    detail: 'ptr',
    any: [
      '(ptr|reverse dns|reverse|dns inverse|resolution inverse) ~ (absent|manquant|invalide|incorrect|inexistant|pas|aucun|configure)',
      '(pas|aucun|absence|sans) ~ (ptr|reverse|dns inverse|resolution inverse)',
    ],
    examples: ["550 Pas d'enregistrement PTR", '550 DNS inverse absent'],
  },
  {
    cause: 'ip_blocklisted',
    detail: '$list',
    any: [
      '(ip|adresse ip|serveur|hote) ~ (liste noire|bloque|bloquee|blacklistee|blackliste|interdite|bannie|listee)',
      '(liste noire|liste de blocage|listes noires)',
    ],
    none: ['expediteur'],
    examples: ['550 Votre adresse IP est sur liste noire'],
  },
  {
    cause: 'greylisted',
    any: [
      '(liste grise|greylisting|greyliste)',
      '(reessayer|reessayez|renouveler|retenter) ~ (minutes|secondes)',
    ],
    examples: ['451 Liste grise', '451 Veuillez réessayer dans quelques minutes'],
  },
  {
    cause: 'rate_limited',
    detail: 'connections',
    any: [
      'trop de (connexions|connections|sessions)',
      '(nombre|limite) ~ (connexions|sessions) ~ (depasse*|atteint*|maximum)',
    ],
    examples: ['421 Trop de connexions simultanées'],
  },
  {
    cause: 'rate_limited',
    detail: 'recipients',
    any: ['(trop de|nombre de) destinataires'],
    examples: ['452 Trop de destinataires'],
  },
  {
    cause: 'rate_limited',
    detail: 'messages',
    any: [
      'trop de ~ (messages|mails|courriels|courriers|envois|requetes)',
      '(limite|quota) ~ (envoi|envois|messages|mails) ~ (atteint*|depasse*)',
    ],
    examples: ['421 Trop de courriels envoyés'],
  },
  {
    cause: 'spam_content',
    any: [
      '(pourriel|indesirable|indesirables|hameconnage)',
      '(refus*|rejet*|bloqu*) ~ (spam|antispam|anti spam)',
    ],
    none: ['ip', 'liste'],
    examples: ['550 Message refusé, pourriel'],
  },
  {
    cause: 'content_rejected',
    detail: 'attachment',
    any: [
      '(piece jointe|pieces jointes|fichier joint|type de fichier) ~ (interdit*|refuse*|non autorise*|bloque*|pas autorise*)',
    ],
    examples: ['550 Type de fichier non autorisé'],
  },
  {
    cause: 'sender_rejected',
    any: [
      "(expediteur|emetteur|adresse d'expediteur|adresse expediteur|domaine expediteur) ~ (refuse*|rejete*|invalide*|inconnu*|bloque*|interdit*|n'existe pas|non autorise*|incorrect*)",
    ],
    none: ['destinataire'],
    examples: ['550 Adresse expéditeur refusée', "550 Le domaine de l'expéditeur n'existe pas"],
  },
  {
    cause: 'relay_denied',
    any: [
      '(relais|relayage|relayer) ~ (interdit|refuse|non autorise|pas autorise|impossible)',
      '(ne|pas) ~ relayer',
      'domaine ~ (non heberge|non gere|pas heberge)',
    ],
    examples: ['550 Relais interdit'],
  },
  {
    cause: 'domain_not_found',
    any: ["(domaine|nom de domaine|hote) ~ (n'existe pas|inconnu|introuvable|inexistant|invalide)"],
    none: ['expediteur', 'emetteur'],
    examples: ["550 Le domaine n'existe pas"],
  },
  {
    cause: 'mailbox_disabled',
    any: [
      '(compte|boite|adresse|utilisateur|messagerie|destinataire) ~ (desactive*|suspendu*|ferme*|bloque*|inactif|inactive|verrouille*|resilie*|supprime*|clos|cloture*)',
    ],
    examples: ['550 Ce compte a été suspendu'],
  },
  {
    cause: 'recipient_restricted',
    any: [
      "(destinataire|liste|groupe|boite) ~ (n'accepte pas|n'accepte que|refuse|reserve*|ne souhaite pas)",
      "(n'etes pas|n'est pas|pas) (autorise|autorisee|permis) ~ (envoyer|ecrire|destinataire|groupe|liste)",
      'reserve* (aux|a) (membres|abonnes|utilisateurs)',
    ],
    examples: ["550 Le destinataire n'accepte pas vos messages", '550 Liste réservée aux abonnés'],
  },
  {
    cause: 'user_unknown',
    detail: 'no_such_user',
    any: [
      "(adresse|utilisateur|destinataire|boite|compte|correspondant|boite aux lettres|usager|abonne) ~ (inconnu*|invalide*|inexistant*|n'existe pas|n'existe plus|introuvable*|non trouve*|incorrect*|errone*)",
      '(aucun|pas de) (utilisateur|destinataire|compte|boite|tel utilisateur)*',
    ],
    examples: ["550 Cette adresse email n'existe pas", '550 Boîte aux lettres inconnue'],
  },
  {
    cause: 'policy_other',
    any: [
      '(politique|regles|regle|reglement|securite) ~ (refus*|rejet*|interdit*|viol*|bloqu*)',
      '(refus*|rejet*|bloqu*) ~ (politique|regles|securite)',
      'acces refuse',
    ],
    examples: ['550 Rejeté pour des raisons de politique', '550 Accès refusé'],
  },
  {
    cause: 'remote_problem',
    detail: 'busy',
    any: [
      '(essayer|reessayer|reessayez|essayez|renouveler) ~ (plus tard|ulterieurement)',
      '(service|serveur|systeme) ~ (indisponible|surcharge|non disponible|maintenance|occupe)',
      '(erreur|probleme|panne) ~ (temporaire|interne|technique)',
      'temporairement',
    ],
    examples: ['421 Service indisponible', '451 Erreur interne'],
  },
]);

/** Spanish and Catalan. */
export const SPANISH_RULES = language('spanish', [
  {
    cause: 'mail_loop',
    any: ['(en bucle|bucle de correo|demasiados saltos)'],
    examples: ['554 El mensaje está en bucle'],
  },
  { cause: 'virus', any: ['(infectado|infectados|infectada)'], examples: ['550 Archivo infectado'] },
  {
    cause: 'message_too_large',
    any: [
      '(mensaje|correo|adjunto) ~ (demasiado grande|muy grande|excede el tamano|supera el tamano|tamano maximo)',
      'tamano ~ (excede|supera|maximo|limite|permitido|excedido)',
    ],
    none: ['buzon', 'casilla'],
    examples: ['552 El tamaño del mensaje excede el máximo'],
  },
  {
    cause: 'mailbox_full',
    any: [
      '(buzon|casilla|cuenta|bandeja|cuota|espacio|almacenamiento) ~ (lleno|llena|excedid*|superad*|agotad*|insuficiente|completo|completa|sobrepasad*)',
      '(sin|no hay|falta de) espacio',
      '(excedido|superado|sobrepasado) ~ (cuota|espacio|almacenamiento)',
    ],
    none: ['envio', 'diaria', 'hora'],
    examples: ['552 La casilla de correo está llena', '552 Ha superado su cuota de almacenamiento'],
  },
  {
    cause: 'smtp_auth',
    detail: 'failed',
    any: [
      '(autenticacion|autentificacion|contrasena|credenciales) ~ (fallid*|incorrect*|invalid*|fallo|error|rechazad*)',
      '(error|fallo|falla) ~ (autenticacion|autentificacion)',
    ],
    none: ['spf', 'dkim', 'dmarc', 'dominio'],
    examples: ['535 Error de autenticación'],
  },
  {
    cause: 'smtp_auth',
    detail: 'required',
    any: [
      '(autenticacion|autentificacion) ~ (requerid*|necesari*|obligatori*)',
      '(debe|requiere) ~ (autenticar*|autenticacion)',
    ],
    examples: ['530 Se requiere autenticación'],
  },
  {
    cause: 'host_identity',
    detail: 'ptr',
    any: [
      '(ptr|dns inverso|dns inversa|resolucion inversa|reverse dns) ~ (no|sin|invalid*|falta|incorrect*)',
      '(sin|no tiene|falta|falta de) ~ (ptr|dns inverso|resolucion inversa)',
    ],
    examples: ['550 Su servidor no tiene DNS inverso'],
  },
  {
    cause: 'ip_blocklisted',
    detail: '$list',
    any: [
      '(ip|direccion ip|servidor) ~ (lista negra|listas negras|bloquead*|prohibid*|listad*)',
      '(lista negra|listas negras)',
    ],
    none: ['remitente'],
    examples: ['550 Su dirección IP está en listas negras'],
  },
  {
    cause: 'greylisted',
    any: ['(lista gris|greylisting|listas grises)', '(intente|intentelo|reintente) ~ (minutos|segundos)'],
    examples: ['451 Lista gris', '451 Reintente en 5 minutos'],
  },
  {
    cause: 'rate_limited',
    detail: 'connections',
    any: ['demasiadas ~ (conexiones|sesiones)'],
    examples: ['421 Demasiadas conexiones desde su IP'],
  },
  {
    cause: 'rate_limited',
    detail: 'recipients',
    any: ['demasiados destinatarios'],
    examples: ['452 Demasiados destinatarios'],
  },
  {
    cause: 'rate_limited',
    detail: 'messages',
    any: [
      'demasiados ~ (mensajes|correos|envios)',
      '(limite|cuota) ~ (envio|envios|mensajes|correos|diari*|hora)',
    ],
    examples: ['421 Demasiados correos', '550 Límite de envíos alcanzado'],
  },
  {
    cause: 'spam_content',
    any: [
      '(correo no deseado|correo basura|no solicitado)',
      '(rechaz*|bloque*|deneg*) ~ (spam|antispam|anti spam)',
    ],
    none: ['ip', 'lista'],
    examples: ['550 El mensaje fue considerado correo basura'],
  },
  {
    cause: 'content_rejected',
    detail: 'attachment',
    any: [
      '(adjunto|adjuntos|archivo|archivos|extension) ~ (no permitid*|prohibid*|bloquead*|no se permite*|rechazad*)',
    ],
    examples: ['550 Archivos no permitidos'],
  },
  {
    cause: 'sender_rejected',
    any: [
      '(remitente|emisor) ~ (rechazad*|bloquead*|no existe|invalid*|no valid*|no permitid*|desconocid*|no autorizad*|no encontrad*|denegad*)',
      'dominio ~ remitente',
    ],
    none: ['destinatario'],
    examples: ['550 El dominio del remitente no existe', '550 Remitente rechazado'],
  },
  {
    cause: 'relay_denied',
    any: [
      '(relay|retransmision|reenvio) ~ (no permitid*|denegad*|prohibid*|no autorizad*|rechazad*)',
      'no ~ (permite|permitido) ~ (relay|retransmision|reenvio)',
    ],
    examples: ['550 Retransmisión no permitida'],
  },
  {
    cause: 'domain_not_found',
    any: [
      '(dominio|servidor de destino) ~ (no existe|no encontrado|desconocido|inexistente|no se encuentra|no se encontro|no valido)',
    ],
    none: ['remitente'],
    examples: ['550 El dominio no existe'],
  },
  {
    cause: 'mailbox_disabled',
    any: [
      '(cuenta|buzon|usuario|casilla|direccion) ~ (desactivad*|suspendid*|inactiv*|deshabilitad*|bloquead*|cerrad*|eliminad*|inhabilitad*|dado de baja|dada de baja)',
    ],
    none: ['ip'],
    examples: ['550 Cuenta deshabilitada'],
  },
  {
    cause: 'recipient_restricted',
    any: [
      '(destinatario|lista|grupo|buzon) ~ (no acepta|solo acepta|rechaza|ha bloqueado|restringid*)',
      'no ~ (permiso|autorizad*|permitid*) ~ (enviar|escribir) ~ (lista|grupo|destinatario)',
    ],
    examples: ['550 El destinatario no acepta su correo'],
  },
  {
    cause: 'user_unknown',
    detail: 'no_such_user',
    any: [
      '(usuario|destinatario|buzon|direccion|cuenta|casilla|correo|adreca|usuari) ~ (desconocid*|no existe|no encontrad*|no fue encontrad*|inexistente|no valid*|invalid*|no se encuentra|no se encontro|no se pudo encontrar|no es valid*|incorrect*|no encuentra|no esta registrad*|inexistent)',
      '(no existe|no hay|ningun*) ~ (usuario|cuenta|buzon|destinatario|direccion|nadie|persona)',
    ],
    none: ['remitente'],
    examples: ['550 El buzón del destinatario no fue encontrado', '550 No existe ese usuario'],
  },
  {
    cause: 'policy_other',
    any: [
      '(politica|politicas|seguridad|directiva) ~ (rechaz*|viol*|deneg*|prohib*|bloque*)',
      '(rechaz*|deneg*|bloque*) ~ (politica|politicas|seguridad)',
      'acceso denegado',
    ],
    examples: ['550 Rechazado por política', '550 Acceso denegado'],
  },
  {
    cause: 'remote_problem',
    detail: 'busy',
    any: [
      '(intente|intentelo|reintente|pruebe) ~ (mas tarde|luego|nuevamente)',
      '(servicio|servidor|sistema) ~ (no disponible|ocupado|sobrecargado|mantenimiento)',
      '(error|fallo|problema) ~ (temporal|interno|transitorio)',
      'temporalmente',
    ],
    examples: ['421 Servicio no disponible', '451 Error temporal del sistema'],
  },
]);

/** Italian. */
export const ITALIAN_RULES = language('italian', [
  {
    cause: 'mail_loop',
    any: ['(in loop|in ciclo|troppi salti|troppi hop)'],
    examples: ['554 Messaggio in loop: troppi salti'],
  },
  { cause: 'virus', any: ['(infetto|infetta)'], examples: ['550 File infetto'] },
  {
    cause: 'message_too_large',
    any: [
      '(messaggio|mail|email|allegato) ~ (troppo grande|supera la dimensione|dimensione massima|dimensioni massime|supera il limite)',
      '(dimensione|dimensioni) ~ (supera|superano|massima|massime|eccede|eccessiv*|eccedono|superata)',
    ],
    none: ['casella'],
    examples: ['552 La dimensione supera il limite'],
  },
  {
    cause: 'mailbox_full',
    any: [
      '(casella|mailbox|posta|quota|spazio) ~ (piena|pieno|esaurit*|superat*|ha superato|insufficiente|eccedut*|quota)',
      '(superato|supera|ecceduto) ~ (quota|spazio)',
    ],
    none: ['device', 'spool', 'partizione', 'outbound', 'sent', 'invio', 'giornalier*'],
    examples: ['552 La casella di posta ha superato la quota'],
    nearMisses: [
      '452 Spazio esaurito sul device /var/spool',
      '550 Your mailbox quota for outbound messages is esaurita',
    ],
  },
  {
    cause: 'smtp_auth',
    detail: 'failed',
    any: ['(autenticazione|password|credenziali) ~ (fallit*|errat*|non riuscit*|non valid*)'],
    none: ['spf', 'dkim', 'dmarc'],
    examples: ['535 Autenticazione fallita'],
  },
  {
    cause: 'smtp_auth',
    detail: 'required',
    any: ['autenticazione ~ (richiesta|necessaria|obbligatoria)', 'richiede ~ autenticazione'],
    examples: ['530 Autenticazione richiesta'],
  },
  {
    cause: 'host_identity',
    detail: 'ptr',
    any: [
      '(ptr|dns inverso|reverse dns|risoluzione inversa) ~ (mancante|non|assente|errato)',
      '(manca|senza) ~ (ptr|dns inverso|reverse)',
    ],
    examples: ['550 DNS inverso mancante'],
  },
  {
    cause: 'ip_blocklisted',
    detail: '$list',
    any: ['(ip|indirizzo ip|server) ~ (blacklist|lista nera|bloccat*|blocklist)', '(lista nera|liste nere)'],
    none: ['mittente'],
    examples: ['550 Il suo indirizzo IP è in una lista nera'],
  },
  {
    cause: 'greylisted',
    any: ['(lista grigia|greylisting)', '(riprova|riprovare|riprovi) ~ (minuti|secondi)'],
    examples: ['451 Riprovare tra 5 minuti'],
  },
  {
    cause: 'rate_limited',
    detail: 'connections',
    any: ['troppe ~ (connessioni|sessioni)'],
    examples: ['421 Troppe connessioni'],
  },
  {
    cause: 'rate_limited',
    detail: 'recipients',
    any: ['troppi destinatari'],
    examples: ['452 Troppi destinatari'],
  },
  {
    cause: 'rate_limited',
    detail: 'messages',
    any: [
      '(troppi|troppe) ~ (messaggi|mail|email|e mail)',
      '(limite|quota) ~ (invio|invii|giornalier*|messaggi) ~ (superat*|raggiunt*)',
    ],
    examples: ['421 Troppe email', '550 Limite di invio raggiunto'],
  },
  {
    cause: 'spam_content',
    any: [
      '(posta indesiderata|indesiderato|indesiderata)',
      '(rifiut*|respint*|blocc*) ~ (spam|antispam|anti spam)',
    ],
    none: ['ip', 'lista'],
    examples: ['550 Messaggio rifiutato, posta indesiderata'],
  },
  {
    cause: 'content_rejected',
    detail: 'attachment',
    any: [
      '(allegato|allegati|estensione|tipo di file) ~ (non consentit*|non ammess*|non permess*|vietat*|bloccat*)',
    ],
    examples: ['550 Estensione non consentita'],
  },
  {
    cause: 'sender_rejected',
    any: [
      '(mittente) ~ (rifiutat*|bloccat*|non esiste|non valid*|sconosciut*|non autorizzat*|inesistente|non consentit*)',
    ],
    none: ['destinatario'],
    examples: ['550 Il mittente non è valido: mittente rifiutato'],
  },
  {
    cause: 'relay_denied',
    any: [
      '(relay|inoltro|relaying) ~ (non consentito|negato|non permesso|vietato|rifiutato|non autorizzato)',
    ],
    examples: ['550 Relay non consentito'],
  },
  {
    cause: 'domain_not_found',
    any: ['dominio ~ (non esiste|inesistente|non trovato|sconosciuto|non valido)'],
    none: ['mittente'],
    examples: ['550 Il dominio non esiste'],
  },
  {
    cause: 'mailbox_disabled',
    any: [
      '(casella|account|utente|indirizzo|utenza|mailbox) ~ (disattivat*|disabilitat*|sospes*|bloccat*|inattiv*|chius*|scadut*|cancellat*|non attiv*)',
    ],
    none: ['ip'],
    examples: ['550 Utenza sospesa'],
  },
  {
    cause: 'recipient_restricted',
    any: ['(destinatario|lista|gruppo|casella) ~ (non accetta|accetta solo|rifiuta|ha bloccato|riservat*)'],
    examples: ['550 Il destinatario non accetta la sua posta'],
  },
  {
    cause: 'user_unknown',
    detail: 'no_such_user',
    any: [
      '(casella|mailbox|utente|indirizzo|destinatario|account|destin.) ~ (non esistente|sconosciut*|inesistente|non trovat*|non valid*)',
      '(utente|destinatario|casella|indirizzo|account|utenza) ~ (sconosciut*|inesistente|non esiste|non trovat*|non e stato trovato|non e stata trovata|non valid*|non e valid*|non riconosciut*|errat*|non presente)',
      '(nessun|nessuna|non esiste) ~ (utente|casella|account|destinatario)',
    ],
    none: ['mittente'],
    examples: [
      '550 destin. sconosciuto',
      '550 Mailbox non esistente',
      "550 L'indirizzo email non esiste",
      '550 Nessuna casella con questo nome',
    ],
  },
  {
    cause: 'remote_problem',
    detail: 'busy',
    any: [
      '(riprova|riprovare|riprovi) ~ (tardi|nuovamente)',
      '(servizio|server|sistema) ~ (non disponibile|occupato|sovraccarico|manutenzione)',
      '(errore|problema) ~ (temporaneo|interno)',
      'temporaneamente',
    ],
    examples: ['421 Servizio temporaneamente non disponibile', '451 Errore interno'],
  },
]);

/** Portuguese. */
export const PORTUGUESE_RULES = language('portuguese', [
  {
    cause: 'mail_loop',
    any: ['(em loop|em ciclo|muitos saltos|demasiados saltos)'],
    examples: ['554 A mensagem está em loop'],
  },
  {
    cause: 'message_too_large',
    any: [
      '(mensagem|email|e mail|anexo) ~ (muito grande|grande demais|excede o tamanho|tamanho maximo|excede o limite)',
      'tamanho ~ (excede|excedeu|maximo|limite|excedido|permitido|acima)',
    ],
    none: ['caixa'],
    examples: ['552 O tamanho da mensagem excede o limite'],
  },
  {
    cause: 'mailbox_full',
    any: [
      '(caixa|caixa postal|caixa de correio|conta|cota|quota|espaco|correio) ~ (cheia|cheio|lotada|lotado|excedid*|excedeu|esgotad*|insuficiente|ultrapassad*)',
      '(sem|falta de) espaco',
      '(excedeu|ultrapassou) ~ (cota|quota|espaco)',
    ],
    none: ['envio', 'diari*', 'hora'],
    examples: ['552 A caixa de correio do destinatário está lotada', '552 O usuário ultrapassou a cota'],
  },
  {
    cause: 'smtp_auth',
    detail: 'failed',
    any: [
      '(autenticacao|senha|credenciais) ~ (falhou|incorret*|invalid*|errad*|recusad*)',
      '(falha|erro) ~ autenticacao',
    ],
    none: ['spf', 'dkim', 'dmarc', 'dominio'],
    examples: ['535 Falha na autenticação'],
  },
  {
    cause: 'smtp_auth',
    detail: 'required',
    any: [
      '(necessita|necessario|exige|requer) ~ autenticacao',
      'autenticacao ~ (necessaria|obrigatoria|requerida)',
      '(requer|exige) ~ autenticacao',
    ],
    examples: [
      '551 Este servidor necessita de autenticação antes de enviar emails',
      '530 Autenticação necessária',
    ],
  },
  {
    cause: 'host_identity',
    detail: 'ptr',
    any: [
      '(ptr|dns reverso|reverso) ~ (nao|sem|invalid*|ausente|falta|inexistente)',
      '(sem|nao possui|nao tem|falta) ~ (ptr|dns reverso|reverso)',
    ],
    examples: ['550 Seu servidor não possui DNS reverso'],
  },
  {
    cause: 'ip_blocklisted',
    detail: '$list',
    any: [
      '(ip|endereco ip|servidor) ~ (lista negra|bloquead*|listas negras|blacklist|listad*)',
      '(lista negra|listas negras|lista de bloqueio)',
    ],
    none: ['remetente'],
    examples: ['550 Seu endereço IP está em lista de bloqueio'],
  },
  {
    cause: 'greylisted',
    any: ['(lista cinza|greylisting)', '(tente|tentar) ~ (minutos|segundos)'],
    examples: ['451 Tente novamente em 5 minutos'],
  },
  {
    cause: 'rate_limited',
    detail: 'connections',
    any: ['(muitas|demasiadas|excesso de) ~ (conexoes|ligacoes|sessoes)'],
    examples: ['421 Muitas conexões do seu IP'],
  },
  {
    cause: 'rate_limited',
    detail: 'recipients',
    any: ['(muitos|excesso de) destinatarios'],
    examples: ['452 Muitos destinatários'],
  },
  {
    cause: 'rate_limited',
    detail: 'messages',
    any: [
      '(limite|cota) ~ (excedido|excedida|ultrapassad*|atingid*)',
      '(recebendo|recebe|enviando|envia) ~ (muito rapido|muito rapidamente|rapido demais|taxa|frequencia)',
      '(muitos|muitas|demasiados|demasiadas) ~ (mensagens|emails|e mails) ~ (hora|minuto|dia|periodo)',
      '(muitas|demasiadas|excesso de|muitos) ~ (mensagens|emails|e mails)',
      '(limite|cota|quota) ~ (envio|envios|mensagens|diari*|hora)',
    ],
    none: ['caixa', 'tamanho', 'armazenamento', 'disco', 'espaco'],
    examples: [
      '450 4.2.1 Limite máximo de redirecionamento SMTP excedido',
      '450 4.2.1 O usuário está recebendo e-mails muito rápido. Reenvie mais tarde.',
      '421 Muitas mensagens',
      '550 Excesso de mensagens',
    ],
  },
  {
    cause: 'spam_content',
    any: ['(lixo eletronico|lixo electronico|nao solicitad*|indesejad*)'],
    none: ['ip', 'lista'],
    examples: ['550 Mensagem indesejada'],
  },
  {
    cause: 'content_rejected',
    detail: 'attachment',
    any: ['(anexo|anexos|arquivo|ficheiro|extensao) ~ (nao permitid*|proibid*|bloquead*|rejeitad*)'],
    examples: ['550 Anexo não permitido'],
  },
  {
    cause: 'sender_rejected',
    any: [
      '(remetente) ~ (rejeitad*|bloquead*|nao existe|invalid*|nao autorizad*|recusad*|desconhecid*|inexistente)',
    ],
    none: ['destinatario'],
    examples: ['550 Remetente não autorizado: remetente recusado'],
  },
  {
    cause: 'relay_denied',
    any: [
      '(relay|encaminhamento|reencaminhamento|retransmissao) ~ (nao permitid*|negad*|proibid*|recusad*|nao autorizad*)',
    ],
    examples: ['550 Relay não permitido'],
  },
  {
    cause: 'domain_not_found',
    any: ['dominio ~ (nao existe|inexistente|nao encontrado|desconhecido|invalido)'],
    none: ['remetente'],
    examples: ['550 O domínio não existe'],
  },
  {
    cause: 'mailbox_disabled',
    any: [
      '(conta|caixa|usuario|utilizador|endereco) ~ (desativad*|desactivad*|suspens*|inativ*|inactiv*|bloquead*|desabilitad*|encerrad*|cancelad*)',
    ],
    none: ['ip'],
    examples: ['550 Conta suspensa'],
  },
  {
    cause: 'recipient_restricted',
    any: ['(destinatario|lista|grupo) ~ (nao aceita|so aceita|aceita apenas|recusa|bloqueou|restrit*)'],
    examples: ['550 O destinatário não aceita mensagens suas'],
  },
  {
    cause: 'user_unknown',
    detail: 'no_such_user',
    any: [
      '(usuario|utilizador|destinatario|caixa|caixa postal|endereco|conta|e mail) ~ (desconhecid*|nao existe|inexistente|invalid*|nao encontrad*|nao foi encontrad*|incorret*|nao cadastrad*|nao localizad*)',
      '(nenhum|nao existe|nao ha) ~ (usuario|utilizador|conta|destinatario|caixa)',
    ],
    none: ['remetente'],
    examples: ['550 O destinatário não existe neste servidor', '550 Usuário não cadastrado'],
  },
  {
    cause: 'remote_problem',
    detail: 'busy',
    any: [
      '(tente|tentar) ~ (mais tarde|novamente)',
      '(servico|servidor|sistema) ~ (indisponivel|ocupado|sobrecarregado|manutencao)',
      '(erro|falha|problema) ~ (temporari*|intern*)',
      'temporariamente',
    ],
    examples: ['421 Serviço indisponível', '451 Tente mais tarde'],
  },
]);

/** Romanian. */
export const ROMANIAN_RULES = language('romanian', [
  {
    cause: 'mailbox_full',
    any: ['(casuta|cutia|spatiul|cota) ~ (plina|plin|depasit*|plina)'],
    examples: ['552 Căsuța poștală este plină'],
  },
  {
    cause: 'user_unknown',
    detail: 'no_such_user',
    any: [
      '(utilizatorul|destinatarul|adresa|contul|casuta) ~ (nu exista|necunoscut*|nu a fost gasit*|inexistent*|invalid*)',
      '(utilizator|destinatar) (necunoscut|inexistent|invalid)',
    ],
    examples: ['550 Utilizatorul nu există'],
  },
]);
