"""The words of mail systems that make a mail a delivery report, and those that end it."""

from __future__ import annotations

import re

# Words that begin a report, whoever sends it.
NOTICE = re.compile(
    r"(?:could|can|was|were|has|have|had)(?:n't|not| not|"
    r"n’t)?(?: yet)?(?: be)?(?: been)? (?:not )?(?:be )?(?:able to )?deliver|"
    r"(?:could|did|can|was)(?:n't| ?not) (?:be )?(?:deliver|reach|be sent|be reached|send)|un(?:able|"
    r"deliver\w*) to (?:be )?deliver|"
    r"undeliver(?:able|ed)|deliver[ey]*r?y (?:has |have )?(?:failed|to the following|status notification|"
    r"failure|error)|"
    r"delevery to the following|delivery failure|(?:error|trouble|problem) (?:\w+ ){0,4}deliver|"
    r"failed addresses|"
    r"attempting to deliver|fail(?:ed|ure) (?:notice|permanently|reasons)|permanent(?: fatal)? errors?|"
    r"fatal errors?|"
    r"had delivery errors|mailbox exceeds|retry timeout|transcript of (?:the )?session|returned mail|"
    r"mail (?:was )?returned|"
    r"rejected by (?:a|the) remote|no valid recipients|the group you tried to contact|"
    r"not a member of this (?:mailing )?list|"
    r"groups\.google\.com/support|rcpt to:|error message below|delivery report|invalid user address|"
    r"(?:送信|配信|配達|送達)(?:でき|され)ません|(?:送信|配信)(?:に失敗|不能|エラー)|お届け(?:でき|する)|"
    r"無法(?:遞送|傳遞|傳送|投遞)|无法(?:投递|送达|传递|发送)|退信|전송(?:하지|할 수)|"
    r"не (?:может|могло|было|удалось)[^\n]{0,30}достав|konnte[n]? nicht (?:zugestellt|übermittelt)|"
    r"unzustellbar|"
    r"n['’]a(?:yant)? (?:pas )?pu être (?:remis|délivré|distribué|envoyé)|non remis|échec de (?:la )?(?:remise|"
    r"distribution)|"
    r"impossible de (?:remettre|délivrer|distribuer)|fehler bei der nachrichtenzustellung|"
    r"nicht (?:zugestellt|ausgeliefert|übermittelt) werden|zustellung[^\n]{0,40}(?:fehlgeschlagen|nicht möglich)|"
    r"no (?:se (?:pudo|puede|ha podido)|ha podido|pudo|puede) (?:ser )?(?:entrega|envia)|"
    r"non (?:è stato possibile|può essere|è stato) (?:recapitat|consegn)|mancat[ao] (?:consegna|recapito)|"
    r"(?:kon|kan) niet worden (?:afgeleverd|bezorgd)|não (?:foi possível entregar|p[ôo]de ser entregue|foi entregue)|"
    r"kunde inte levereras|"
    r"nie (?:można|mogła|mogło|może) (?:być |zostać )?dostarcz",
    re.IGNORECASE,
)
SUBJECT = re.compile(
    r"undeliver|deliver\w* (?:status|fail|notif|report|problem|delay|has failed|incomplete)|fail(?:ure|"
    r"ed)? (?:notice|delivery)|"
    r"failure notice|mail (?:delivery|system error|failure)|message delivery has failed|returned mail|"
    r"returning message|"
    r"return(?:ed)? to sender|could not (?:be )?(?:deliver|send|sent)|not (?:be )?delivered|"
    r"error sending your mail|mail failed|"
    r"unzustellbar|nicht zugestellt|non remis|échec de (?:la )?(?:remise|distribution)|no se (?:ha podido|puede|"
    r"pudo) entregar|"
    r"error de entrega|mancat[ao] (?:recapito|consegna)|niet bezorgd|não entregue|olevererbart|kan ikke leveres|"
    r"(?:配信|送信)(?:不能|エラー|失敗)|退信|未送达|"
    r"permanent (?:delivery )?(?:failure|error)|delayed \d+ hours|message you sent blocked|"
    r"postmaster notify|notice: mail",
    re.IGNORECASE,
)
# The line after which a notice holds a copy of the message it is about.
ORIGINAL_FOLLOWS = re.compile(
    r"^(?![^\n]{0,120}(?:was received|was sent|mts-id|identifier|you do so))"
    r"[^\n\w]{0,80}(?:(?:the |a |this is |below is |below this line is |included is )?(?:a |the )?"
    r"(?:copy of (?:the|your)(?: original)? (?:message|mail)|header of the original message|"
    r"original message|unsent message|"
    r"returned message|message headers? follow|message text follows|original mail|original e-?mail|"
    r"(?:the )?original message headers|copy of the message header)\b)[^\n]{0,90}$",
    re.IGNORECASE | re.MULTILINE,
)
_TEMPORARY_NOTE = re.compile(
    r"you do not need to re-?send|warning message only|temporary failure report", re.IGNORECASE
)


def only_a_warning(subject: str, notice: str) -> bool:
    """Whether a notice says that the mail system is still trying."""
    if re.search(r"fail|return", subject, re.IGNORECASE):
        return False
    return bool(re.search(r"delay|warning", subject, re.IGNORECASE) or _TEMPORARY_NOTE.search(notice[:8_000]))
