"""Staff members: who they are, whose patients they see, and who is at the keyboard."""

from clinic_tui.staff.keyboard import again, at_the_keyboard, name_of, os_login, viewer_by_id, viewer_of

__all__ = ["again", "at_the_keyboard", "name_of", "os_login", "viewer_by_id", "viewer_of"]
