"""Accounts of a demonstration, and that no other instance has any."""

import pytest

from tests.accounts import OFFICE, cheap_hashing, made, session_of
from tests.moment import NOW
from webapp.domain.disclosure import Policy, Preset
from webapp.domain.errors import Refused
from webapp.services import demonstration_accounts, instance, policy, sign_in, totp
from webapp.settings import Settings
from webapp.storage.database import database


def test_a_demonstration_tells_how_to_sign_in(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_hashing(monkeypatch)
    decided = policy.Instance("云梧市", Policy(Preset.STANDARD, own_dossier=True, auto_masks=True), True)
    instance.create(settings, decided, now=NOW)
    with database.connection_context():
        made("someone", name="某人")
        demonstration_accounts.enrol_directly(made(), "演示用的 密码 七", totp.new_secret(), now=NOW)
        (account,) = demonstration_accounts.all_accounts(now=NOW)
        assert (account.login, account.seconds_left) == ("zhangwei", 30)
        token = sign_in.give_password(account.login, account.password, visitor=OFFICE, now=NOW)
        assert sign_in.give_code(session_of(token), account.code, visitor=OFFICE, now=NOW)


def test_a_real_instance_has_no_such_accounts(archive: Settings) -> None:
    officer = made()
    with pytest.raises(Refused):
        demonstration_accounts.enrol_directly(officer, "演示用的 密码 七", totp.new_secret(), now=NOW)
    with pytest.raises(Refused):
        demonstration_accounts.all_accounts(now=NOW)
