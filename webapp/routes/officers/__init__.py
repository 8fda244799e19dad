"""Accounts at the desk (账号): the system administrator's part, and the security officer's rights (角色与范围)."""

from webapp.routes.officers import accounts, imports, rights
from webapp.routes.officers.blueprint import bp

__all__ = ["accounts", "bp", "imports", "rights"]
