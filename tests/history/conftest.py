from tests.invitations.conftest import key_file

__all__ = ["key_file"]
