"""The marks that mail programs leave in a reply: around quotes, above and below what was typed, in many languages."""

from __future__ import annotations

import re

# The verb of the line above a quote ("On ... wrote:"), by mail programs in many languages.
WROTE = re.compile(
    r"\b(?:wrote|writes|said|schrieb|schrieb am|geschrieben|a écrit|écrit|escribió|escribi[oó]|ha scritto|"
    r"scritto|schreef|"
    r"geschreven|escreveu|skrev|skrifaði|kirjoitti|napisał|napisała|napisał\(a\)|napsal|napsala|napísal|"
    r"írta|yazdı|scrie|"
    r"a scris|написал|написала|написал\(а\)|пишет|пише|написав|έγραψε|viết|menulis|rašė|kirjutas|rakstīja)\b|"
    r"写道|寫道|さん|のメッセージ|작성|님이|כתב|كتب",
    re.IGNORECASE,
)
WEEKDAY_OR_ON = re.compile(
    r"(?:on|am|le|el|il|op|em|den|d\.|dnia|dne|at|à|på|pe|kuni|den|vào|tarihinde|ngày|a|w dniu|"
    r"(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|dom|lør|søn|пн|вт|ср|"
    r"чт|пт|сб|вс)\w{0,10})"
    r"[\s.,]",
    re.IGNORECASE,
)
DATE = re.compile(r"\d{1,4}[-./年]\s?\d{1,2}[-./月]\s?\d{1,4}|\b\d{1,2}:\d\d\b|\b(?:19|20)\d\d\b")
STARTS_WITH_DATE = re.compile(r"(?:\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}|\d{1,2}\.\d{1,2}\.\d{2,4},? \d{1,2}:\d\d)")
DATED_ADDRESS = re.compile(r"<[^<>\s@]{1,64}@[^<>\s]{1,100}>\)?\s?[:：]$")
MESSAGE_OF = re.compile(r"> ?message du \d\d/\d\d/\d\d", re.IGNORECASE)  # its copy of ours is not marked
ADDRESS = re.compile(r"[\w.+%-]{1,64}@[\w.-]{1,100}|<[^<>]{0,200}>|GMT|UTC", re.IGNORECASE)

# "-----Original Message-----" and its kin.
ORIGINAL = re.compile(
    r"[-_=*>\s]{2,40}\s?\*?(?:original(?: message| nachricht| mail| e-?mail)?|ursprüngliche nachricht|"
    r"originalnachricht|"
    r"weitergeleitete nachricht|forwarded message|begin forwarded message|message d'origine|message transféré|"
    r"mensaje original|mensagem original|messaggio originale|messaggio inoltrato|oorspronkelijk bericht|"
    r"ursprungligt meddelande|originalmeddelande|oprindelig meddelelse|opprinnelig melding|"
    r"wiadomość oryginalna|"
    r"oryginalna wiadomość|alkuperäinen viesti|исходное сообщение|пересылаемое сообщение|reply message|"
    r"původní zpráva|eredeti üzenet|orijinal mesaj|原始邮件|原始郵件|元のメッセージ|원본 메시지)"
    r"(?: message| nachricht)?\*?\s{0,3}[-_=*\s]{2,40}:?",
    re.IGNORECASE,
)

# The labels of a message header that a program copies above the old message.
LABELS = re.compile(
    r"[>*\s|]{0,6}(?P<label>from|sent|date|to|cc|subject|reply-to|von|gesendet|datum|an|betreff|de|envoyé|"
    r"date|à|objet|"
    r"répondre à|enviado(?: el)?|fecha|para|asunto|da|inviato|data|a|oggetto|risposta|van|verzonden|aan|"
    r"onderwerp|"
    r"enviada(?: em)?|assunto|från|skickat|till|ämne|fra|sendt|til|emne|od|wysłano|do|temat|lähettäjä|"
    r"lähetetty|"
    r"vastaanottaja|aihe|от|отправлено|кому|тема|дата|від|надіслано|komu|předmět|odesláno|发件人|发送时间|收件人|主题|"
    r"kimden|gönderildi|kime|konu|από|στάλθηκε|προς|θέμα|من|تم الإرسال|إلى|الموضوع|từ|đã gửi|tới|chủ đề|"
    r"差出人|送信日時|宛先|件名|보낸 사람|받는 사람|제목)\s{0,3}\*?\s{0,2}[:：]\*?(?:\s|$|.)",
    re.IGNORECASE,
)

# The line a phone or mail program adds below what was typed.
DEVICE = re.compile(
    r"[<\[(*_\s]{0,3}(?:sent (?:from|via|with|using|by) |from my (?:i|phone|mobile)|get \[?(?:outlook|"
    r"bluemail|typeapp)|從我的|gesendet (?:von|mit|mittels)|"
    r"von meinem .{1,40}gesendet|diese nachricht wurde von |envoyé (?:de|depuis|à partir|avec|par)|"
    r"(?:télécharge[rz]|obtene[rz]|obtenir|scarica|download) outlook|enviado (?:desde|do|de|con|a partir)|"
    r"inviato (?:da|con|dal)|verzonden (?:vanaf|met|via)|verstuurd vanaf|skickat från|sendt fra|sänt från|"
    r"lähetetty |wysłan[eoy] z|отправлено (?:с|из)|надіслано |odesláno z|outlook (?:für|for|pour|para|per|"
    r"voor) .{1,20}|"
    r"holen sie sich outlook|enviada do|hae outlook|på min (?:iphone|android))",
    re.IGNORECASE,
)
# What the receiving side's own gateway writes above a mail from outside.
BANNER = re.compile(
    r"\W{0,5}(?:(?:caution|warning|achtung|vorsicht|attention|precauci[oó]n|atenci[oó]n|notice|note|"
    r"alert)\b\W{0,5})?(?:"
    r"\[?external(?: e-?mail| sender| message)?\W{0,6}$|external\W{1,3}(?:this|do not|the|e-?mail|message|sender)\b|"
    r"(?:this|the) (?:e-?mail|message|mail)[^.]{0,40} (?:originated|came|comes|was sent|"
    r"is) (?:from )?(?:an )?(?:outside|external)|"
    r"diese (?:e-?mail|nachricht)[^.]{0,40}(?:von )?(?:au(?:ß|ss)erhalb|extern)|"
    r"este (?:correo|mensaje)[^.]{0,60}(?:fuera de|extern)|"
    r"you don['’]t often get e-?mail from|sie erhalten nicht (?:oft|häufig) (?:eine )?e-?mails?|"
    r"no suele recibir correos?|do not click (?:on )?(?:any )?links|"
    r"some people who received this message don['’]t often)",
    re.IGNORECASE,
)
SIGNATURE = re.compile(r"(?:--|—|-- )\s{0,3}|[-_]{2,3}")
RULE = re.compile(r"[-_=*~#+.•\s]{2,}")
QUOTED = re.compile(r"\s{0,8}[>|＞]")
INITIALS = re.compile(r"\s{0,4}[A-Za-z]{1,12}>")  # "Richard> ...", below a line that said who wrote
REFERENCE = re.compile(
    r"[\w ]{1,20}[:：]\s{0,3}\[?[a-z2-7]{26}\]?\.?", re.IGNORECASE
)  # our own, put there by a mailto link
